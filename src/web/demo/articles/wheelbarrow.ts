import type { Article } from "../view.ts";

export const wheelbarrowArticle: Article = {
  slug: "library-of-wheelbarrows",
  section: "Culture",
  title: "The library that lends wheelbarrows",
  standfirst:
    "Between poetry and local history, Aldermere’s readers now find hedge shears, a cement mixer and a waiting list.",
  author: "Philippa Anand-Coster",
  authorRole: "Culture editor",
  publishedAt: new Date("2026-03-08T09:00:00Z"),
  place: "Aldermere",
  body: [
    "It began with a drill that somebody handed in with a novel. The librarian gave it a number, wrote the number in the catalogue and lent it out the same afternoon. Four years later the branch on Cooper Street holds 312 tools, and its most wanted item is not a book.",
    "The wheelbarrow, catalogued under 635 for gardening, has been borrowed 94 times. It has come back late on eleven occasions and once with a tomato plant in it, which now stands in the reading room.",
    "“People return a hammer cleaner than they found it,” said a volunteer at the desk. “We would not say the same of cookery books.”",
    "The council pays for insurance and nothing else. Repairs are done on Saturdays by whoever comes, with tools from the shelf.",
    "Other towns have asked for the rules. There is one, painted above the door: bring it back so that you would want to borrow it.",
  ],
};
