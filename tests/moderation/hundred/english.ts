import type { JudgedComment } from "./judged.ts";

/** Twenty-five comments under the article about the prisoners of war, as an English-speaking readership would write them. */
export const ENGLISH: readonly JudgedComment[] = [
  [
    "fair",
    "publish otherwise",
    "I hope both governments remember that these two men were sent there without being asked. Let the Red Cross talk to them first.",
  ],
  [
    "fair",
    "publish otherwise",
    "Thank you for the balanced report. Is there any precedent for handing prisoners of war to a third country instead of their own?",
  ],
  [
    "fair",
    "publish otherwise",
    "Article 109 of the Third Geneva Convention deals with repatriation, but it says nobody who is ill may be sent back against his will.",
  ],
  [
    "fair",
    "publish otherwise",
    "My grandfather was a prisoner of war in Korea. He never spoke about it. I wish these soldiers a chance to start over.",
  ],
  [
    "fair",
    "publish otherwise",
    "South Korean law treats every North Korean as a citizen, so Seoul has good reason to offer them a home.",
  ],
  [
    "fair",
    "publish otherwise",
    "I disagree with the author: exchanging them for Ukrainian prisoners would bring people home faster than months of diplomacy.",
  ],
  [
    "angry",
    "publish otherwise",
    "This is outrageous. Two young men are being used as bargaining chips while politicians pose for photographs!",
  ],
  [
    "angry",
    "publish otherwise",
    "How dare Moscow deny they exist? It sent thousands of foreign soldiers to kill our neighbours and now pretends they were never there.",
  ],
  [
    "angry",
    "publish otherwise",
    "I am sick and tired of the ministry's excuses. Eight months of talks and not one honest answer to the families.",
  ],
  [
    "angry",
    "publish otherwise",
    "Shame on every official who treats prisoners like goods. The war is brutal enough without this cynicism.",
  ],
  [
    "angry",
    "publish otherwise",
    "Terrible article. You quote three anonymous sources and not a single lawyer. Do your job properly next time.",
  ],
  [
    "insulting",
    "hold hostile",
    "You are a complete idiot if you believe a word of this garbage. Go back to school, moron.",
  ],
  [
    "insulting",
    "hold hostile",
    "The author is a pathetic lying clown and so are all of you stupid sheep who read him.",
  ],
  [
    "insulting",
    "hold hostile",
    "Shut up, you worthless piece of shit. Nobody cares what a loser like you thinks about the war.",
  ],
  [
    "hateful",
    "hold hateful",
    "All Koreans are filthy rats, north or south. They should be wiped out together with the Ukrainians.",
  ],
  [
    "hateful",
    "hold hateful",
    "Russians are subhuman scum, every last one of them, children too. Exterminate the vermin.",
  ],
  [
    "hateful",
    "publish otherwise",
    "Send these yellow monkeys back where they came from, we do not want gooks anywhere near Europe.",
  ],
  [
    "propaganda",
    "hold shouting",
    "THE NAZI REGIME IN KIEV EATS ITS OWN CHILDREN!!! WAKE UP!!! NATO BIOLABS EVERYWHERE!!! SHARE THIS BEFORE THEY DELETE IT!!!",
  ],
  [
    "propaganda",
    "spam spam-by-the-model",
    "The whole truth the corrupt media hide from you about the Kiev puppet regime: subscribe to our channel now t.me/realtruth24 and share it with everyone",
  ],
  [
    "link-spam",
    "hold many-links",
    "Best casino bonus 2026! Win real money every day, free spins without deposit: http://lucky-spin-777.example/bonus http://casino-vip.example/win",
  ],
  [
    "link-spam",
    "spam spam-by-the-model",
    "I earn $5000 a week working from home, click here to find out how >>> https://bit.ly/3easycash",
  ],
  [
    "doxxing",
    "hold contact-details",
    "The reporter who wrote this lives at 14 Maple Street, flat 3, phone +44 7911 123456. Pay her a visit.",
  ],
  [
    "doxxing",
    "hold contact-details",
    "His real name is Daniel Whitcombe, write to him at d.whitcombe1974@mail.example or call (212) 555-0187 and tell him what you think.",
  ],
  ["obfuscated", "hold hostile", "What an 1d10t. G0 f*ck yourself, you p.a.t.h.e.t.i.c m0r0n."],
  ["obfuscated", "hold hostile", "You are a s t u p i d b1tch and your newspaper is a pile of sh!t"],
];
