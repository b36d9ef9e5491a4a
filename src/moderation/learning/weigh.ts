import { hammingDistance, NEAR_DISTANCE_MAX } from "../fingerprint.ts";
import type { Example } from "./example.ts";

/**
 * Says how much each example may count, 0 to 1, in the order of learning. Only what came before matters: so going on from a
 * snapshot gives what beginning anew would.
 */
export type Weigher = {
  weigh(example: Example): number;
  /** Notes what the last weighed example came to move: its weight times how wrong the model was, 0 to 1. */
  account(example: Example, influence: number): void;
};

export function createWeigher(): Weigher {
  const texts = createTextDiscount();
  const authors = createAuthorDiscount();
  const moderators = createModeratorDiscount();
  return {
    weigh: (example) => texts.weigh(example) * authors.weigh(example) * moderators.weigh(example),
    account: (example, influence) => moderators.account(example, influence),
  };
}

/** Clusters in one band that are compared, the latest first. */
const COMPARED_MAX = 50;

type Cluster = { simhash: bigint; counts: Map<string, number>; authors: Set<string> };

/**
 * Nearly the same text with the same verdict counts once per author, and half as much for each further author: whatever a
 * campaign sends, and however often a brigade gets it published, it is worth less than two examples.
 */
function createTextDiscount() {
  const byBand = new Map<number, Cluster[]>();
  return {
    weigh(example: Example): number {
      const cluster = clusterOf(byBand, example.simhash);
      const verdict = verdictOf(example);
      const author = `${verdict} ${example.authorId}`;
      if (cluster.authors.has(author)) return 0;
      cluster.authors.add(author);
      const earlier = cluster.counts.get(verdict) ?? 0;
      cluster.counts.set(verdict, earlier + 1);
      return 2 ** -earlier;
    },
  };
}

function clusterOf(byBand: Map<number, Cluster[]>, simhash: bigint): Cluster {
  const bands = bandsOf(simhash);
  for (const band of bands) {
    const found = byBand
      .get(band)
      ?.slice(-COMPARED_MAX)
      .findLast((cluster) => hammingDistance(cluster.simhash, simhash) <= NEAR_DISTANCE_MAX);
    if (found) return found;
  }
  const cluster: Cluster = { simhash, counts: new Map(), authors: new Set() };
  for (const band of bands) {
    const clusters = byBand.get(band);
    if (clusters) clusters.push(cluster);
    else byBand.set(band, [cluster]);
  }
  return cluster;
}

/** The four sixteenths of a fingerprint, each as a number of its own. */
function bandsOf(simhash: bigint): number[] {
  const bits = BigInt.asUintN(64, simhash);
  return [0, 1, 2, 3].map((band) => band * 0x1_0000 + Number((bits >> BigInt(16 * band)) & 0xffffn));
}

/** The nth example of one author with one verdict counts 1/√n: whoever writes most does not speak for all. */
function createAuthorDiscount() {
  const counts = new Map<string, number>();
  return {
    weigh(example: Example): number {
      const key = `${verdictOf(example)} ${example.authorId}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return 1 / Math.sqrt(count);
    },
  };
}

function verdictOf({ action, reason }: Example): string {
  return action === "reject" ? `reject ${reason}` : action;
}

const MINUTE_MS = 60_000;
/** Decisions that one moderator may make in a minute before each counts for less: nobody reads faster than that. */
const BURST_PER_MINUTE = 20;

const DAY_MS = 86_400_000;
/** What one moderator may move in a day at full weight. One is a decision that the model was all wrong about. */
const DAILY_INFLUENCE = 20;
/** And besides, per day, this share of what the others moved. */
const SHARE_OF_OTHERS = 0.5;

/** One moderator, careless, hurried or no longer themselves, must not outweigh the others and the base model. */
function createModeratorDiscount() {
  const lastMinute = new Map<string, number[]>();
  const lastDay = createDay();
  return {
    weigh({ moderator, decidedAt }: Example): number {
      const ms = decidedAt.getTime();
      const times = (lastMinute.get(moderator) ?? []).filter((at) => at > ms - MINUTE_MS);
      times.push(ms);
      lastMinute.set(moderator, times);
      return Math.min(1, BURST_PER_MINUTE / times.length) * shareOf(lastDay.until(ms), moderator);
    },
    account({ moderator, decidedAt }: Example, influence: number): void {
      if (influence > 0) lastDay.add({ ms: decidedAt.getTime(), moderator, influence });
    },
  };
}

type Sums = { total: number; byModerator: ReadonlyMap<string, number> };

/** 1 up to the allowance; past it the square of how far, so that the total grows like a cube root. */
function shareOf({ total, byModerator }: Sums, moderator: string): number {
  const own = byModerator.get(moderator) ?? 0;
  const allowance = DAILY_INFLUENCE + SHARE_OF_OTHERS * Math.max(0, total - own);
  const past = own <= allowance ? 1 : allowance / own;
  return past * past;
}

type Moved = { ms: number; moderator: string; influence: number };

/** What was moved in the last 24 hours, in all and by each. */
function createDay() {
  const moved: Moved[] = [];
  const byModerator = new Map<string, number>();
  let total = 0;
  let oldest = 0;
  const change = (moderator: string, by: number) => {
    total += by;
    byModerator.set(moderator, (byModerator.get(moderator) ?? 0) + by);
  };
  return {
    add(one: Moved): void {
      moved.push(one);
      change(one.moderator, one.influence);
    },
    until(ms: number): Sums {
      for (let one = moved[oldest]; one && one.ms <= ms - DAY_MS; one = moved[oldest]) {
        change(one.moderator, -one.influence);
        oldest += 1;
      }
      return { total, byModerator };
    },
  };
}
