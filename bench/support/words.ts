// As in real comments every second word is one of a few and the others vary: the fingerprints of these texts are then as far
// apart as those of readers' comments (26 of 64 bits on average; from one small vocabulary all look like repeats).
const COMMON =
  "the of and to a in that is was it for on with he they this but not are from or have an had which you were all we their has would what when there who more if no out so up about into than them can only other some could time these two may then do first any my now such like our over me even most made after also did many before must through years where much your way well down should because each just those people how too good very make world still own see men work long here get both between life being under three never know same another while last might us great old year off come since against go came right used take".split(
    " ",
  );
const VARIED =
  "accident adviser agreement airport ambulance ancient apology archive argument arrest artist attack aunt autumn bakery balance ballot bank barrel basement beach bench bicycle biscuit blame blanket border bottle boundary bread bridge brother budget builder burden bus cabinet calm camera campaign canal candidate capital carpenter ceiling census ceremony charity chemist childhood chimney choir church cinema citizen clerk climate clinic coach coast coffee collapse college comedy committee compass complaint concert conflict consent copper corner council courage cousin cricket crisis crossing culture current daughter deadline debt decade defence delay dentist deposit desert dialect dictionary diesel dinner diplomat distance district doctor donkey doorway drama drought editor election elephant employer energy engine episode escape estate evidence exchange excuse factory failure fairness family farmer fashion father festival fiction finance fisherman flag flight flood forest formula fortune freedom friend frontier funeral furniture garage garden gossip government grammar grandmother grief grocery guest guitar habit hammer harbour harvest headline heating heritage hill history holiday honest horizon horse hospital hotel household hunger hurricane husband ignorance illness immigrant income industry inquiry insurance interview invoice island jacket journalist journey judge jury justice kettle kitchen knowledge labour ladder landlord language lawyer leather lecture lesson letter library licence lightning limestone literature lorry luggage machine magazine majority manager market marriage mathematics meadow measure medicine memory merchant message midnight miner minister mirror mistake moment monument morning mortgage mother mountain museum musician mystery nation neighbour nephew newspaper nonsense notebook novel nurse obituary ocean office opinion orchard orchestra outrage oven owner painting palace pamphlet paragraph parliament passenger pavement peasant pension pepper petition photograph physics pianist pilot planet platform poet police politics pottery poverty prejudice premises president principle printer prisoner privacy profit promise protest province publisher pupil quarrel question quiet railway rainfall reader rebellion recipe referee refugee religion rent reporter republic rescue respect restaurant revenge reward rhythm ribbon river robbery rumour sailor salary sandwich satire scandal scholar school scientist season secret senator sentence sergeant shadow shame shelter shipyard shopkeeper silence sister slogan snow soldier solution speech spokesman stadium statistics steam storm stranger strike student suburb summer supper surgeon surprise suspicion tailor teacher telephone temple tenant theatre thunder ticket tobacco tourist tower traffic tragedy train translation treasure treaty trial troops truth tunnel twilight umbrella uncle union university vaccine valley vegetable verdict victim village vinegar violence visitor volunteer vote wages waiter warning weather wedding wheat widow window winter witness workshop writer yesterday youth".split(
    " ",
  );

let state = 42;

/** A small generator with a fixed seed: each run sends the same comments (Numerical Recipes' constants). */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

function randomWord(): string {
  const words = random() < 0.5 ? COMMON : VARIED;
  return words[Math.floor(random() * words.length)] ?? "";
}

/** About 300 characters of ordinary words, hardly ever the same twice. */
export function commentBody(): string {
  let text = "";
  while (text.length < 300) text += `${randomWord()} `;
  return `${text.trim()}.`;
}

/** The n-th reader: another author at another address each time. */
export function submission(n: number, url: string) {
  return { name: `Reader ${n}`, email: `reader${n}@readers.example`, body: commentBody(), url };
}

/** Neighbours in number are in networks far apart, as readers are (Knuth's multiplicative hash). */
export function address(n: number): string {
  const scattered = Math.imul(n, 2_654_435_761) >>> 0;
  return `${20 + ((scattered >>> 24) % 80)}.${(scattered >>> 16) & 255}.${(scattered >>> 8) & 255}.${scattered & 255}`;
}
