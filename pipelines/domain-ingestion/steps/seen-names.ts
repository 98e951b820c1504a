const FIRST_SLOTS = 4_096;
/** Slots are twice this many words. */
const WORDS = 2;

/** The names that were seen, each as 64 bits of a hash: 16 to 32 bytes for each, whatever its length. */
export interface SeenNames {
  readonly size: () => number;
  /** Remembers a name. @returns false when it was seen before */
  add(name: string): boolean;
  has(name: string): boolean;
}

/**
 * A set of names that knows them by their hashes. Of a million names, one is taken for another with a probability of 1 : 37 million.
 *
 * @param seed keeps authors of lists from choosing names that are taken for one another: a random number per set.
 */
export function seenNames(seed: number): SeenNames {
  let slots = FIRST_SLOTS;
  let table = new Uint32Array(slots * WORDS);
  let size = 0;
  const slotOf = (high: number, low: number): number => {
    let slot = low & (slots - 1);
    for (;;) {
      const [a, b] = [table[slot * WORDS], table[slot * WORDS + 1]];
      if ((a === high && b === low) || (a === 0 && b === 0)) return slot;
      slot = (slot + 1) & (slots - 1);
    }
  };
  const isFree = (slot: number): boolean => table[slot * WORDS] === 0 && table[slot * WORDS + 1] === 0;
  const put = (high: number, low: number): boolean => {
    const slot = slotOf(high, low);
    if (!isFree(slot)) return false;
    table[slot * WORDS] = high;
    table[slot * WORDS + 1] = low;
    return true;
  };
  const grow = (): void => {
    const old = table;
    slots *= 2;
    table = new Uint32Array(slots * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (high !== 0 || low !== 0) put(high, low);
    }
  };
  return {
    size: () => size,
    has: (name) => !isFree(slotOf(...hashOf(name, seed))),
    add: (name) => {
      const isNew = put(...hashOf(name, seed));
      if (!isNew) return false;
      size += 1;
      if (size * 2 > slots) grow();
      return true;
    },
  };
}

/** Two mixed words; never both zero, which stands for a free slot. */
function hashOf(name: string, seed: number): readonly [high: number, low: number] {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let at = 0; at < name.length; at += 1) {
    const code = name.charCodeAt(at);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return [a >>> 0, b >>> 0 || 1];
}
