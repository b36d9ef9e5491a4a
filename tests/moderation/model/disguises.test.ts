import { expect, test } from "vitest";
import { DISGUISES, obfuscate } from "../../../scripts/model/obfuscate.ts";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { extractFeatures } from "../../../src/moderation/model/features.ts";
import { probabilityOf } from "../../../src/moderation/model/score.ts";
import { taskIndex } from "../../../src/moderation/model/tasks.ts";
import { normaliseText } from "../../../src/moderation/text.ts";

const base = await loadBaseModel();
const threshold = base.tasks[taskIndex("toxic")]?.threshold ?? 0.5;
const isToxic = (body: string) => {
  const features = extractFeatures({ text: normaliseText(body), name: "", website: null });
  return (probabilityOf(base, null, features, "toxic") ?? 0) >= threshold;
};
const share = (bodies: readonly string[]) => bodies.filter(isToxic).length / bodies.length;

/** Written for this test, not for training. */
const RUDE = {
  en: [
    "What a moron this mayor is, an absolute disgrace to the town",
    "Another dumb bitch who thinks she can write",
    "You are all retards if you vote for him again",
    "Go fuck yourself and take your ferry with you",
    "The editor is an asshole, everybody knows it",
    "Shut up, you fat pig, nobody asked you",
    "Typical libtard garbage from a pathetic loser",
    "This bastard should be ashamed of himself, what a scumbag",
    "Idiots like you ruin every discussion here",
    "Filthy faggots have taken over the council",
  ],
  ru: [
    "Мэр у нас дебил, каких поискать",
    "Опять эта тупая сука что-то пишет",
    "Какие же вы уроды, если за него голосуете",
    "Иди нахуй со своим паромом",
    "Редактор мудак, и все это знают",
    "Заткнись, жирная свинья, тебя не спрашивали",
    "Обычный высер жалкого ничтожества",
    "Этому ублюдку должно быть стыдно, подонок",
    "Такие идиоты портят любой разговор",
    "Пидорасы захватили весь совет",
  ],
  uk: [
    "Мер у нас дебіл, яких пошукати",
    "Знову ця тупа курва щось пише",
    "Які ж ви виродки, якщо за нього голосуєте",
    "Іди нахуй зі своїм поромом",
    "Редактор мудак, і всі це знають",
    "Стули пельку, жирна свиня, тебе не питали",
    "Ідіоти й придурки псують будь-яку розмову",
    "Покидьки, мерзота, щоб ви здохли",
  ],
  ko: [
    "시장이 병신인 건 다 아는 사실",
    "저 미친년이 또 글을 쓰네",
    "저런 새끼한테 투표하는 놈들은 다 쓰레기다",
    "씨발 배나 처타고 꺼져라",
    "기레기 새끼 지랄하고 있네",
    "닥쳐라 돼지새끼야",
    "찌질한 찐따 새끼가 말이 많네",
    "멍청이들이 댓글을 다 망친다 등신들",
  ],
} as const;
const FAIR = [
  "I cannot believe the council voted for this again, shame on every one of them",
  "The report says 4 of 10 bridges are unsafe (see p. 12), and no. 3 is closed",
  "Мэрия опять ничего не сделала, сколько можно терпеть",
  "По-моему, в 3-м абзаце ошибка: было 5 человек, а не 15",
  "Міська рада знову нічого не зробила, скільки можна терпіти",
  "Це п'ятий рік, як ми чекаємо на міст",
  "시의회가 또 아무것도 하지 않았다. 언제까지 참아야 하나",
  "3월 1일에 2번 출구에서 만나요",
];

test.each(Object.entries(RUDE))("rude comments in %s are mostly seen as such", (_, bodies) => {
  expect(share(bodies)).toBeGreaterThanOrEqual(0.75);
});

const ALL = Object.values(RUDE).flat();
test.each(DISGUISES)("rude comments are seen, but for two, as often when disguised: %s", (disguise) => {
  expect(share(ALL.map((body) => obfuscate(body, disguise)))).toBeGreaterThanOrEqual(
    share(ALL) - 2 / ALL.length,
  );
});

test("a disguise alone makes nobody rude", () => {
  expect(share(FAIR)).toBe(0);
  for (const disguise of ["homoglyphs", "invisible", "fullwidth", "repeated"] as const) {
    expect(share(FAIR.map((body) => obfuscate(body, disguise))), disguise).toBe(0);
  }
});
