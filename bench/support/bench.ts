import type { Effort } from "./effort.ts";
import type { Backend, World } from "./world.ts";

/** What a measurement is given. */
export type Bench = {
  world: World;
  effort: Effort;
  /** Queues to measure with, where it makes a difference. */
  backends: readonly Backend[];
  /** Tells the person who waits what is going on. */
  say: (text: string) => void;
};
