const LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
const TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const SYLLABLES_START = 0xac00;

/** Single jamo put together as a keyboard would: "ㅅㅣ발" → "시발". What makes no syllable stays. */
export function composeJamo(text: string): string {
  if (!/[ㄱ-ㅎㅏ-ㅣ]/u.test(text)) return text;
  let composed = "";
  for (let i = 0; i < text.length; i++) {
    const lead = LEADS.indexOf(text[i] ?? " ");
    const vowel = VOWELS.indexOf(text[i + 1] ?? " ");
    if (lead < 0 || vowel < 0) {
      composed += text[i] ?? "";
      continue;
    }
    i++;
    const tail = TAILS.indexOf(text[i + 1] ?? " ");
    const isTail = tail >= 0 && VOWELS.indexOf(text[i + 2] ?? " ") < 0;
    if (isTail) i++;
    composed += String.fromCharCode(SYLLABLES_START + (lead * 21 + vowel) * 28 + (isTail ? tail + 1 : 0));
  }
  return composed;
}
