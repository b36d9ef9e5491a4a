/** Lets so many through at a time; the others wait in line. */
export type Gate = {
  /** Resolves to a function that gives the place back; undefined when none came free in time. */
  enter(placesMax: number, waitMs: number): Promise<(() => void) | undefined>;
};

export function createGate(): Gate {
  let taken = 0;
  const line: (() => void)[] = [];

  const leave = () => {
    taken -= 1;
    line.shift()?.();
  };
  /** A place can be given back once. */
  const take = () => {
    taken += 1;
    let isHeld = true;
    return () => {
      if (isHeld) leave();
      isHeld = false;
    };
  };

  return {
    enter(placesMax, waitMs) {
      if (taken < placesMax) return Promise.resolve(take());
      return new Promise((resolve) => {
        const next = () => {
          clearTimeout(timer);
          resolve(take());
        };
        const timer = setTimeout(() => {
          line.splice(line.indexOf(next), 1);
          resolve(undefined);
        }, waitMs);
        line.push(next);
      });
    },
  };
}
