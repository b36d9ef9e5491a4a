import type { Article } from "../view.ts";

export const prisonersArticle: Article = {
  slug: "kyiv-seoul-prisoners",
  section: "World",
  title: "Kyiv and Seoul search for a way out for captured North Korean soldiers",
  standfirst:
    "A handful of prisoners of war have raised a question that neither capital can settle alone: what is owed to a captive who is afraid to go home?",
  author: "Ines Hallworth",
  authorRole: "Diplomatic correspondent",
  publishedAt: new Date("2026-03-12T15:40:00Z"),
  place: "Kyiv",
  body: [
    "Officials from Ukraine and South Korea ended a second day of talks on Thursday over the future of North Korean soldiers taken prisoner while fighting alongside Russian forces, a small group of men whose cases have grown into a large question of law, diplomacy and conscience.",
    "No agreement was announced. But a Ukrainian official with knowledge of the discussions, who asked not to be named because they are continuing, said the two delegations had “stopped discussing whether and started discussing how”.",
    "The difficulty is simple to state. Under the Third Geneva Convention prisoners of war must be treated humanely and, once active hostilities end, released and sent home. The rule was written for captives who long to return. It says little about those who may not: in North Korea, being taken alive can be held against a soldier, and relatives may be made to answer for it.",
    { heading: "Two laws, one small group of men" },
    "South Korea starts from its constitution, which regards people from the North as its own nationals. Seoul has said that it would receive any prisoner who asks freely to come, and that it would not press anyone to do so. “We are not collecting trophies,” said a South Korean diplomat involved in the talks. “If a man says no, the answer is no, and nobody will ask him twice.”",
    "Ukraine has obligations of another kind. Thousands of its own soldiers remain in captivity, and every exchange has to be negotiated name by name. A spokeswoman for the Waiting Room Network, which represents families of missing servicemen, said its members bore the captured men no ill will. “But each of us has done the sum,” she said. “We only ask that our sons are part of it.”",
    "International lawyers point to an older precedent. The armistice talks that ended the fighting in Korea stalled for more than a year over much the same dispute, until both sides accepted that prisoners unwilling to go back would be handed to a commission of neutral states. Since then the view has gained ground that nobody should be returned to a place where he faces a real risk of persecution or torture, whatever uniform he wore.",
    { heading: "An interview with nobody else in the room" },
    "Much of this week’s work was practical. According to two people familiar with the agenda, the delegations went through the conditions under which each prisoner could be asked about his wishes: in private, more than once, with an interpreter who knows the northern dialect, and with a neutral humanitarian organisation able to visit before and afterwards. Names and faces are to stay out of public view, since the convention also protects captives from “insults and public curiosity”.",
    "Neither Moscow nor Pyongyang was represented. A Russian official reached by telephone said that prisoners were a matter for the parties to the fighting and that third countries had “no chair at that table”. North Korea’s mission did not answer written questions.",
    "In Seoul the prospect is not welcomed by everyone. Some lawmakers want longer security checks for anyone who has served in the North’s army; others fear for the families left behind, and ask whether the government can promise the silence that would protect them. Aid groups that help newcomers from the North say the first months are the hardest, and that young men who have known only barracks will need more than an apartment and a language course.",
    "A working group of lawyers and doctors is to meet next month. Its task, the Ukrainian official said, is a document short enough to be read aloud to a prisoner and plain enough to be believed. “It is a very small number of people,” the South Korean diplomat said as the delegations left the building. “That is what makes it a test. Nobody can say there were too many of them to treat each one properly.”",
  ],
};
