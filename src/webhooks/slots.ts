/** Limits how much goes on at the same time, in all and per key. */
export type Slots = {
  /** A place, to be disposed of when done; undefined when none came free in time, or the signal was aborted. */
  acquire(key: string, options: { waitMs: number; signal: AbortSignal }): Promise<Disposable | undefined>;
};

type Waiter = { key: string; start: () => void };

/** First come, first served among those whose key has room: one slow key leaves the places of the others alone. */
export function createSlots(limits: { totalMax: number; perKeyMax: number }): Slots {
  const busy = new Map<string, number>();
  const waiting = new Set<Waiter>();
  let total = 0;

  const hasRoom = (key: string) => total < limits.totalMax && (busy.get(key) ?? 0) < limits.perKeyMax;

  const take = (key: string): Disposable => {
    total += 1;
    busy.set(key, (busy.get(key) ?? 0) + 1);
    return { [Symbol.dispose]: () => giveBack(key) };
  };

  const giveBack = (key: string) => {
    total -= 1;
    const left = (busy.get(key) ?? 1) - 1;
    if (left === 0) busy.delete(key);
    else busy.set(key, left);
    for (const waiter of waiting) {
      if (hasRoom(waiter.key)) {
        waiter.start();
        return;
      }
    }
  };

  return {
    async acquire(key, { waitMs, signal }) {
      if (signal.aborted) return undefined;
      if (hasRoom(key)) return take(key);
      const { promise, resolve } = Promise.withResolvers<Disposable | undefined>();
      const leave = (slot: Disposable | undefined) => {
        waiting.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        resolve(slot);
      };
      const giveUp = () => leave(undefined);
      const waiter: Waiter = { key, start: () => leave(take(key)) };
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener("abort", giveUp);
      waiting.add(waiter);
      return promise;
    },
  };
}
