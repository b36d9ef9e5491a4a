import type { JudgedComment } from "./judged.ts";

/** The same twenty-five kinds in Korean. */
export const KOREAN: readonly JudgedComment[] = [
  [
    "fair",
    "publish otherwise",
    "포로들이 제네바 협약에 따라 인도적으로 대우받고 적십자와 함께 결정되기를 바랍니다.",
  ],
  [
    "fair",
    "publish otherwise",
    "좋은 기사 감사합니다. 현재 우크라이나에 북한군 포로가 몇 명이나 더 있는지 알려져 있나요?",
  ],
  [
    "fair",
    "publish otherwise",
    "본인들이 한국행을 원한다면 북한으로 강제 송환하는 것은 국제법 위반이라고 생각합니다.",
  ],
  [
    "fair",
    "publish otherwise",
    "할아버지도 전쟁 포로였습니다. 이 젊은이들이 새로운 삶을 시작할 기회를 얻었으면 좋겠습니다.",
  ],
  [
    "fair",
    "publish otherwise",
    "저는 기자님과 의견이 다릅니다. 포로 교환이 몇 달간의 협상보다 더 빠르게 사람들을 집으로 돌려보낼 수 있습니다.",
  ],
  ["fair", "publish otherwise", "헌법상 북한 주민도 우리 국민이니 정부가 받아들이는 것이 당연하다고 봅니다."],
  [
    "angry",
    "publish otherwise",
    "정말 분노가 치밉니다! 어린 병사들을 남의 전쟁에 보내 놓고 이제 와서 모르는 척하다니요.",
  ],
  [
    "angry",
    "publish otherwise",
    "도대체 언제까지 기다려야 합니까? 여덟 달 동안 협상만 하고 가족들은 아무 대답도 듣지 못했습니다.",
  ],
  [
    "angry",
    "publish otherwise",
    "포로를 물건처럼 거래하는 관료들은 부끄러운 줄 아세요. 전쟁은 이미 충분히 잔혹합니다.",
  ],
  [
    "angry",
    "publish otherwise",
    "외교 놀음에 지쳤습니다. 사람들은 매일 죽어 가는데 정치인들은 사진이나 찍고 있네요!",
  ],
  [
    "angry",
    "publish otherwise",
    "실망스러운 기사입니다. 익명 소식통만 세 명이고 법률 전문가는 한 명도 없네요. 제대로 취재하세요.",
  ],
  ["insulting", "hold hostile", "이딴 헛소리를 믿다니 진짜 병신 새끼네. 입 닥치고 꺼져라."],
  ["insulting", "hold hostile", "기레기 새끼 또 거짓말이네. 이걸 읽는 너희도 다 멍청한 개돼지들이야."],
  ["insulting", "hold hostile", "협상은 지랄, 씨발 너 같은 쓰레기 의견은 아무도 안 궁금해."],
  ["hateful", "hold hateful", "짱깨랑 쪽바리는 다 죽여야 해. 더러운 벌레 같은 것들."],
  ["hateful", "hold hostile", "탈북자 새끼들은 전부 빨갱이 간첩이니까 다 총살시켜라."],
  [
    "hateful",
    "hold hostile",
    "우크라이나 놈들이나 러시아 놈들이나 다 더러운 인종 쓰레기들, 씨를 말려야 된다.",
  ],
  [
    "propaganda",
    "publish otherwise",
    "키예프 나치 정권의 실체!!! 언론이 숨기는 진실!!! 나토의 음모!!! 삭제되기 전에 모두 퍼뜨리세요!!! 깨어나라 국민들아!!!",
  ],
  [
    "propaganda",
    "hold reads-like-spam",
    "썩은 언론이 숨기는 모든 진실은 우리 채널에서만 볼 수 있습니다. 지금 바로 구독하세요 t.me/realtruthkr 널리 공유 부탁드립니다",
  ],
  [
    "link-spam",
    "spam spam-by-the-model",
    "최고의 온라인 카지노! 무료 보너스 100만원, 매일 당첨 보장: http://casino-bonus.example/kr http://slot-vip.example/",
  ],
  [
    "link-spam",
    "hold shortened-link",
    "재택 부업으로 하루 50만원 수익 보장, 자세한 내용은 여기 클릭 https://bit.ly/easy-money-kr",
  ],
  [
    "doxxing",
    "hold contact-details",
    "이 기자는 서울시 마포구 백범로 12, 301호에 살고 전화번호는 010-1234-5678 입니다. 다들 찾아가 보세요.",
  ],
  [
    "doxxing",
    "hold contact-details",
    "본명은 김민수이고 이메일은 minsu.kim1980@mail.example 입니다. 다들 한마디씩 보내 주세요.",
  ],
  ["obfuscated", "hold hostile", "기자 ㅂㅅ이네 ㅅㅂ 진짜 역겹다 꺼져"],
  ["obfuscated", "hold hostile", "야 이 시1발 병1신아 그걸 기사라고 쓰냐"],
];
