/** `moderator` completes "because …"; `author` is a whole sentence, fair, and no help in getting round the rule. */
type ReasonTexts = { moderator: string; author: string };

const SPAM_TO_AUTHOR = "It looked like unsolicited advertising or automated posting.";
const WAITS_FOR_A_PERSON = "A moderator looks at some comments before they appear.";
const NOTHING_WRONG = "Nothing spoke against it.";

/** Reasons that rules, and the machinery around them, give. */
const RULE_REASONS = {
  no_objection: { moderator: "no rule objected", author: NOTHING_WRONG },
  premoderation: {
    moderator: "comments of this site wait for a moderator",
    author: "On this site a moderator reads comments before they appear.",
  },
  check_unavailable: {
    moderator: "a check that a rule needs was unavailable",
    author: "It could not be checked automatically, so a moderator will read it.",
  },
  check_failed: {
    moderator: "it could not be checked, though it was tried several times",
    author: "It could not be checked automatically, so a moderator will read it.",
  },
  trusted_author: { moderator: "the author is trusted", author: NOTHING_WRONG },
  banned_author: {
    moderator: "the author is banned",
    author: "This site does not take comments from you at present.",
  },
  blocked_sender: {
    moderator: "the sender is on a block list of the site",
    author: "This site does not take comments from this sender.",
  },
  blocked_word: {
    moderator: "it contains blocked words",
    author: "It contains wording that this site does not publish.",
  },
  watched_word: { moderator: "it contains watched words", author: WAITS_FOR_A_PERSON },
  blocked_domain: {
    moderator: "it links to a blocked domain",
    author: "It links to a page that this site does not link to.",
  },
  bot: { moderator: "it was filled in by a program", author: SPAM_TO_AUTHOR },
  forged_form: { moderator: "its form was not the one that this site gave out", author: SPAM_TO_AUTHOR },
  too_fast: { moderator: "it was sent implausibly fast", author: WAITS_FOR_A_PERSON },
  links: { moderator: "of the links in it", author: WAITS_FOR_A_PERSON },
  suspicious_link: { moderator: "of a link that hides where it leads", author: WAITS_FOR_A_PERSON },
  campaign: { moderator: "the same text comes from several senders", author: SPAM_TO_AUTHOR },
  campaign_decision: {
    moderator: "a moderator decided about its campaign",
    author: "A moderator has decided about comments with this text.",
  },
  repeat: { moderator: "the same text was sent before", author: "The same comment was sent before." },
  flood: {
    moderator: "many comments come from the same source",
    author: "Many comments arrived in a short time, so a moderator will read this one.",
  },
  disposable_email: { moderator: "of a throw-away or faulty e-mail address", author: WAITS_FOR_A_PERSON },
  shouting: { moderator: "of how it is written", author: WAITS_FOR_A_PERSON },
  gibberish: { moderator: "it does not read as language", author: WAITS_FOR_A_PERSON },
  hidden_characters: { moderator: "it contains hidden or look-alike characters", author: WAITS_FOR_A_PERSON },
  wrong_language: {
    moderator: "it is in another language than the article",
    author: "It seems to be in another language than the discussion, so a moderator will read it.",
  },
  author_history: { moderator: "of the author's earlier comments", author: WAITS_FOR_A_PERSON },
  new_author: {
    moderator: "the author is new",
    author: "A moderator reads first comments before they appear.",
  },
  score: { moderator: "several signs add up", author: WAITS_FOR_A_PERSON },
  spam_score: { moderator: "it reads like spam", author: SPAM_TO_AUTHOR },
  toxicity: {
    moderator: "it reads as rude or hostile",
    author: "It may be ruder than a conversation bears, so a moderator will read it.",
  },
  sample: {
    moderator: "it is one of the automatic decisions that a person looks at again",
    author: WAITS_FOR_A_PERSON,
  },
} as const satisfies Record<string, ReasonTexts>;

/** Reasons that a moderator may choose from; rules may give them too. */
const MODERATOR_REASONS = {
  approved: { moderator: "a moderator approved it", author: "A moderator approved it." },
  spam: { moderator: "it is spam", author: SPAM_TO_AUTHOR },
  off_topic: { moderator: "it is off topic", author: "It is not about the subject of the article." },
  insult: { moderator: "it insults someone", author: "It insults or belittles someone." },
  harassment: {
    moderator: "it harasses someone",
    author: "It goes after a person in a way that amounts to harassment.",
  },
  hate: { moderator: "it is hateful", author: "It attacks people for who they are." },
  threat: { moderator: "it threatens someone", author: "It threatens someone or calls for violence." },
  self_harm: {
    moderator: "it speaks of self-harm",
    author: "It speaks of self-harm; if you are in danger, please call your local emergency number.",
  },
  child_safety: {
    moderator: "it may endanger a child",
    author: "It may endanger a child.",
  },
  profanity: { moderator: "its language is obscene", author: "It uses obscene language." },
  sexual: { moderator: "it is sexually explicit", author: "It is sexually explicit." },
  personal_data: {
    moderator: "it contains personal data",
    author: "It seems to contain personal details, such as a phone number or an account number.",
  },
  illegal: { moderator: "it is against the law", author: "We believe that it is against the law." },
  copyright: {
    moderator: "it infringes someone's rights",
    author: "It reproduces work that others hold the rights to.",
  },
  misinformation: {
    moderator: "it is false or misleading",
    author: "It states as fact something false or misleading.",
  },
  impersonation: {
    moderator: "it poses as someone else",
    author: "It is signed in the name of someone else.",
  },
  duplicate: { moderator: "it is there already", author: "The same comment is there already." },
  other: { moderator: "of the house rules", author: "It goes against the house rules of this site." },
} as const satisfies Record<string, ReasonTexts>;

/** Every reason a decision may give. Codes are stored with decisions: never rename or remove one. */
export const REASONS = { ...RULE_REASONS, ...MODERATOR_REASONS };
export type ReasonCode = keyof typeof REASONS;
export type ModeratorReasonCode = keyof typeof MODERATOR_REASONS;

/** Too grave for a machine to decide alone, whichever way: it may only hold for them, and then nothing else decides. */
const HUMAN_ONLY: ReadonlySet<string> = new Set<ModeratorReasonCode>([
  "threat",
  "self_harm",
  "child_safety",
  "illegal",
]);

/** Whether a reason may only be a machine's for holding a comment. */
export function isHumanOnly(reason: string | null | undefined): boolean {
  return reason !== null && reason !== undefined && HUMAN_ONLY.has(reason);
}

export const REASON_CODES = codesOf(REASONS);
/** The codes a moderator may choose from, in the order to show them. */
export const MODERATOR_REASON_CODES = codesOf(MODERATOR_REASONS);

function codesOf<Reasons extends object>(reasons: Reasons): Extract<keyof Reasons, string>[] {
  const codes: Extract<keyof Reasons, string>[] = [];
  for (const code in reasons) codes.push(code);
  return codes;
}
