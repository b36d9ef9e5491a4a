/** Limits how much goes on at the same time, and how much waits for that, in all and per key. */
export type Slots = {
  /**
   * A place, to be disposed of when done; undefined when none came free in time, too many wait already, the signal was
   * aborted, or the key was turned away.
   */
  acquire(key: string, options: { waitMs: number; signal: AbortSignal }): Promise<Disposable | undefined>;
  /** Sends away all that waits for a place of this key; who has one keeps it. */
  turnAway(key: string): void;
};

export type SlotLimits = {
  totalMax: number;
  perKeyMax: number;
  /** Places that only keys which have none may take, so that a few slow keys cannot take them all; none if left out. */
  reserved?: number;
  /** No limit if left out. */
  waitingMax?: number;
  waitingPerKeyMax?: number;
};

type Waiter = { key: string; start: () => void; giveUp: () => void };

/** First come, first served among those whose key has room: one slow key leaves the places of the others alone. */
export function createSlots(limits: SlotLimits): Slots {
  const { totalMax, perKeyMax, reserved = 0, waitingMax = Infinity, waitingPerKeyMax = Infinity } = limits;
  const busy = createCounts();
  const waitingOf = createCounts();
  const waiting = new Set<Waiter>();

  const hasRoom = (key: string) => {
    const own = busy.of(key);
    return own === 0 ? busy.total() < totalMax : own < perKeyMax && busy.total() < totalMax - reserved;
  };

  const take = (key: string): Disposable => {
    busy.add(key, 1);
    return { [Symbol.dispose]: () => giveBack(key) };
  };

  const giveBack = (key: string) => {
    busy.add(key, -1);
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
      if (waiting.size >= waitingMax || waitingOf.of(key) >= waitingPerKeyMax) return undefined;
      const { promise, resolve } = Promise.withResolvers<Disposable | undefined>();
      const leave = (slot: Disposable | undefined) => {
        waiting.delete(waiter);
        waitingOf.add(key, -1);
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
        resolve(slot);
      };
      const giveUp = () => leave(undefined);
      const waiter: Waiter = { key, start: () => leave(take(key)), giveUp };
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener("abort", giveUp);
      waiting.add(waiter);
      waitingOf.add(key, 1);
      return promise;
    },
    turnAway(key) {
      for (const waiter of waiting) if (waiter.key === key) waiter.giveUp();
    },
  };
}

/** Counts per key, and of all together; keys at nought take no memory. */
function createCounts() {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    of: (key: string) => counts.get(key) ?? 0,
    total: () => total,
    add(key: string, change: 1 | -1) {
      total += change;
      const count = (counts.get(key) ?? 0) + change;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
  };
}
