/** A list of whole numbers below 2³² that only grows, at four bytes each. */
export class GrowingList {
  #numbers = new Uint32Array(1_024);
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a number at the end. */
  push(value: number): void {
    if (this.#count === this.#numbers.length) {
      const larger = new Uint32Array(this.#count * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count] = value;
    this.#count += 1;
  }

  /** The number at a position; undefined where there is none. */
  at(position: number): number | undefined {
    return position >= 0 && position < this.#count ? this.#numbers[position] : undefined;
  }

  /** The first position whose number is `value` or more, of a list in ascending order; {@link count} when there is none. */
  firstAtLeast(value: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#numbers[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
