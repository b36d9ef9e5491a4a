/** Slots of a new table; a power of two. */
const SLOTS_MIN = 64;

/** A number per bucket, for the few that were ever touched: open addressing over typed arrays. */
export class SparseWeights {
  size = 0;
  #keys = new Int32Array(SLOTS_MIN).fill(-1);
  #weights = new Float32Array(SLOTS_MIN);
  #squares = new Float32Array(SLOTS_MIN);

  /** The weight of a bucket; 0 when it was never touched. */
  get(key: number): number {
    return this.#weights[this.#find(key)] ?? 0;
  }

  /** The slot of a bucket, made when there is none. Valid until the next call. */
  slotOf(key: number): number {
    if (this.size * 2 >= this.#keys.length) this.#grow();
    const slot = this.#find(key);
    if (this.#keys[slot] === -1) {
      this.#keys[slot] = key;
      this.size++;
    }
    return slot;
  }

  weightAt(slot: number): number {
    return this.#weights[slot] ?? 0;
  }

  squaresAt(slot: number): number {
    return this.#squares[slot] ?? 0;
  }

  set(slot: number, weight: number, squares: number): void {
    this.#weights[slot] = weight;
    this.#squares[slot] = squares;
  }

  /** Every entry by ascending bucket, whatever the order they came in. */
  entries(): { key: number; weight: number; squares: number }[] {
    const found: { key: number; weight: number; squares: number }[] = [];
    this.#keys.forEach((key, slot) => {
      if (key >= 0) found.push({ key, weight: this.weightAt(slot), squares: this.squaresAt(slot) });
    });
    return found.toSorted((a, b) => a.key - b.key);
  }

  #find(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & mask;
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, weights, squares] = [this.#keys, this.#weights, this.#squares];
    this.#keys = new Int32Array(keys.length * 2).fill(-1);
    this.#weights = new Float32Array(this.#keys.length);
    this.#squares = new Float32Array(this.#keys.length);
    keys.forEach((key, from) => {
      if (key < 0) return;
      const slot = this.#find(key);
      this.#keys[slot] = key;
      this.set(slot, weights[from] ?? 0, squares[from] ?? 0);
    });
  }
}
