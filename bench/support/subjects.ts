import { loadBaseModel } from "../../src/moderation/model/base-model.ts";
import { viewComment } from "../../src/moderation/model-view.ts";
import type { Subject } from "../../src/moderation/signal.ts";
import { normaliseText } from "../../src/moderation/text.ts";
import { commentBody } from "./words.ts";
import { ORIGIN, SITE } from "./world.ts";

/** What stands under articles: mostly plain talk, now and then something for each of the checks. */
const BODIES: readonly string[] = [
  commentBody(),
  commentBody(),
  `${commentBody()}\n\n${commentBody()}\n\n${commentBody()}`,
  "Thank you for this.",
  "Agreed! My grandmother told the same story every winter, and nobody believed her until the letters were found 👍",
  "That is simply not true. The bridge was closed in 1996, see https://archive.example/1996/bridge and " +
    "https://www.town.example/minutes?page=4#item-12 before you write such things.",
  "WHY DOES NOBODY TALK ABOUT THIS??? THE MAYOR KNEW IT ALL ALONG!!!!!!",
  "Ich habe das vor Jahren in der Zeitung gelesen, und damals hieß es noch, die Brücke werde in zwei Jahren fertig.",
  "Я прочитала всю статью и не согласна: в деревне тогда никто не знал о лагере, письма пришли гораздо позже.",
  "Write to me at anna.berg@mail.example or call +44 20 7946 0958, I have photographs of the exchange.",
  "Che@p v1agra and С\u0430sino b0nus >>> http://bit.ly/2xYz and http://win-big.example/?ref=774 <<< hurry hurry hurry",
  "I earn $8,500 a month from home, my neighbour told me how: www.easy-money.example — you can start today!",
  "asdkjh qwlekj zxcmnb qpwoei rutyal skdjfh gmznxb cvqpwo eirutya lskdjf",
  "f\u200bu\u200bn\u200bn\u200by how you always leave out the other side of the story, y0u p3ople n3ver l3arn",
];

const LISTED = 300;
const lists = {
  blockedWords: Array.from({ length: LISTED }, (_, n) => `blockedterm${n}`),
  watchedWords: Array.from({ length: LISTED }, (_, n) =>
    n % 3 === 0 ? `watched${n} phrase` : `watched${n}*`,
  ),
  blockedDomains: Array.from({ length: LISTED }, (_, n) => `spam-${n}.example`),
  allowedDomains: ["archive.example", "town.example"],
  blockedEmails: Array.from({ length: LISTED }, (_, n) =>
    n % 2 === 0 ? `@blocked${n}.example` : `someone${n}@mail.example`,
  ),
  blockedIps: [],
};
const site = { key: SITE, language: "en", hosts: ["bench.example"], lists, automation: null };

const model = { base: await loadBaseModel(), layer: null, layerVersion: 0 };

/** One subject per text, as they come from the store. */
export function makeSubjects(): Subject[] {
  const now = new Date();
  return BODIES.map((body, n) => {
    const text = normaliseText(body);
    const name = `Reader ${n}`;
    return {
      comment: {
        id: commentId(n),
        body,
        name,
        website: null,
        parentId: null,
        depth: 0,
        createdAt: now,
      },
      text,
      model: viewComment(model, { text, name, website: null }),
      email: `reader${n}@readers.example`,
      request: {
        form: { token: "valid" as const, ageMs: 20_000 + n, honeypotFilled: false },
        ipListEntry: null,
      },
      article: { url: `${ORIGIN}/article-${n}`, title: "The exchange on the bridge", language: "en" },
      site,
      author: {
        status: "normal" as const,
        publishedCount: n,
        rejectedCount: 0,
        spamCount: 0,
        heldCount: 0,
        firstSeenAt: now,
      },
      flood: {
        authorLastMinute: 0,
        authorLastTenMinutes: n % 3,
        ipLastTenMinutes: n % 4,
        networkLastTenMinutes: n % 5,
        siteLastMinute: 40,
      },
      repeats: { matches: n % 7 === 0 ? [repeatOf(n)] : [] },
      campaign: null,
    };
  });
}

function repeatOf(n: number) {
  return {
    commentId: commentId(n + 100),
    authorIsSame: false,
    threadIsSame: true,
    distance: 1,
    status: "published" as const,
  };
}

function commentId(n: number): string {
  return `01900000-0000-7000-8000-${n.toString().padStart(12, "0")}`;
}
