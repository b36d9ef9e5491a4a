/** The only source of time, so that tests can say what time it is. */
export type Clock = { now(): Date; nowMs(): number };

export const systemClock: Clock = { now: () => new Date(), nowMs: () => Date.now() };
