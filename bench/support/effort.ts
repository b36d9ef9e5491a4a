/** How long and how often to measure. */
export type Effort = {
  /** Times each pair is measured, in turns; the median counts. */
  rounds: number;
  warmUpSeconds: number;
  seconds: number;
  /** Times that each text is checked. */
  checkRounds: number;
  /** Comments posted one by one for the time to publication. */
  restCount: number;
  /** Comments that one worker has before it when it starts. */
  backlog: number;
  /** Comments sent through a process before its memory is read again. */
  memoryComments: number;
  /** Comments in the large store that is compared with one of a thousand. */
  scaleComments: number;
};

export const FULL: Effort = {
  rounds: 3,
  warmUpSeconds: 3,
  seconds: 8,
  checkRounds: 1_000,
  restCount: 300,
  backlog: 20_000,
  memoryComments: 100_000,
  scaleComments: 1_000_000,
};

/** Whether everything runs, in a few minutes; its figures are not for quoting. */
export const QUICK: Effort = {
  rounds: 1,
  warmUpSeconds: 1,
  seconds: 2,
  checkRounds: 150,
  restCount: 50,
  backlog: 3_000,
  memoryComments: 3_000,
  scaleComments: 50_000,
};
