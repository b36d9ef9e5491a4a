const NAMES = [
  "Anna",
  "Olena",
  "Mr. Peters",
  "John Carlson",
  "Світлана",
  "Mike",
  "Dr. Rosenberg",
  "Bella Thompson",
];
const LINKS = [
  "https://quick-cash.example/a1",
  "http://best-loans.example.net/?id=77",
  "www.crypto-gain.example.com",
  "https://t.example/winner88",
  "bit.example.org/3xYzA",
];

/** Texts as campaigns send them: a name N, a number D and a link L to be filled in, and words to choose from. */
const TEMPLATES = [
  "{I|We} lost {all|nearly all} my savings last year until N helped me recover my bitcoin wallet within D hours. Contact them {today|now} at L and you will not regret it.",
  "Hello {friends|guys|everyone}, I make D dollars {every|each} week working from home {only|just} two hours a day. My neighbour N showed me how, visit L",
  "Thanks to doctor N my husband came back to me after D days. He is a {powerful|great} spell caster, write to him at L",
  "Заробляйте від D гривень на день, не виходячи з дому! Мені допомогла N, {усі|всі} подробиці за посиланням L",
  "Народ, N помог мне вывести {деньги|средства} с биржи за D часов, пишите сюда L не пожалеете, все {честно|законно} и без предоплаты",
  "집에서 하루 D만원씩 버는 방법을 N 선생님이 알려 주셨습니다. 자세한 내용은 여기 L 에서 확인하세요. 선착순으로 모집합니다.",
  "The war will end when the West stops sending weapons. N already said D times that Kyiv is losing and everybody knows the {truth|facts}, read L",
];

let state = 7;

function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
const letters = () => Array.from({ length: 8 }, () => String.fromCharCode(97 + random() * 26)).join("");

/** One text of a campaign: another name, number and link each time, other words here and there, half of them with a random tail. */
function spin(template: string): string {
  const filled = template
    .replaceAll(/\{([^}]*)\}/gu, (_, words: string) => pick(words.split("|")))
    .replace(/\bN\b/u, () => pick(NAMES))
    .replace(/\bD/u, () => String(1 + Math.floor(random() * 900)))
    .replace(/\bL\b/u, () => pick(LINKS));
  return random() < 0.5 ? filled : `${filled} ${letters()}`;
}

/** Seven campaigns in four languages, with so many comments each. */
export function spinCampaigns(comments: number): string[][] {
  return TEMPLATES.map((template) => Array.from({ length: comments }, () => spin(template)));
}

/** Texts so much alike that each finds each other. */
export function varyText(body: string, comments: number): string[] {
  return Array.from({ length: comments }, (_, n) => `${body} ${"bcdfghjklm"[n % 10]}${"npqrstvwxz"[n % 7]}`);
}
