import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const LOOK_EVERY_MS = 1_000;
/** Share of the time that the event loop was busy; more is work, which no pause should meet. */
const QUIET_MAX = 0.05;

/**
 * Gives back, once, what starting took and nothing needs any more: some 30 MB, most of it a nursery grown for the garbage of
 * loading, which the engine keeps while a process idles. A pause of 50 to 100 ms, in the first second in which little is done.
 */
export async function shrinkHeapOnceQuiet(lookEveryMs = LOOK_EVERY_MS): Promise<void> {
  let before = performance.eventLoopUtilization();
  for (;;) {
    await sleep(lookEveryMs, undefined, { ref: false });
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, before).utilization <= QUIET_MAX) break;
    before = now;
  }
  findCollector()({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** Only contexts made while the flag is set have it. */
function findCollector(): NodeJS.GCFunction {
  setFlagsFromString("--expose-gc");
  const collect: NodeJS.GCFunction = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return collect;
}
