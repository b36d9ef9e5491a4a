import type { Article } from "../view.ts";

export const ferryArticle: Article = {
  slug: "night-ferry-saved",
  section: "Local",
  title: "Night ferry keeps its timetable after a late vote",
  standfirst: "The harbour board found the money by a margin of one, and asked passengers to prove it right.",
  author: "Tobias Renn",
  authorRole: "Harbour reporter",
  publishedAt: new Date("2026-03-11T06:15:00Z"),
  place: "Aldermere",
  body: [
    "The last ferry from Aldermere to the east bank will go on leaving at ten past one, after the harbour board voted by five to four on Tuesday to keep a service it had planned to end in April.",
    "Nurses from the infirmary, bakers and two restaurant kitchens had filled the public benches. The crossing takes eleven minutes; the drive around the estuary takes fifty, for those who have a car.",
    "“I came with a speech about costs and I did not give it,” said a board member who changed sides during the meeting and asked not to be named. “You cannot tell people who clean our hospital that they may sleep in it.”",
    "The money comes from putting off new railings on the south quay for a year. In return the board wants at least forty passengers a night by September, and will count them.",
    "The ferry company said that it could live with the target. Last week, in rain, the average was thirty-six.",
  ],
};
