import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitSlots, type PoolShare } from "./split-slots.ts";

const amount = fc.integer({ min: 0, max: 40 });
const need = fc.record({ used: amount, wanted: amount });

/** Schedulers ask in any order; each uses at most what it was granted, as owners do. */
const history = fc.record({
  slots: fc.integer({ min: 0, max: 64 }),
  asks: fc.array(fc.record({ who: fc.integer({ min: 1, max: 4 }), need }), { maxLength: 60 }),
});

describe("R6", () => {
  test("whatever the order of asking: the sum never exceeds the pool, and no grant is below what is in use", () => {
    fc.assert(
      fc.property(history, ({ slots, asks }) => {
        const shares = new Map<number, PoolShare>(
          [1, 2, 3, 4].map((schedulerId) => [schedulerId, { schedulerId, granted: 0, used: 0, wanted: 0 }]),
        );
        for (const ask of asks) {
          const before = shares.get(ask.who)!;
          const mine = { ...before, used: Math.min(ask.need.used, before.granted), wanted: ask.need.wanted };
          shares.set(ask.who, mine);
          const { granted } = splitSlots(slots, [...shares.values()], ask.who);
          shares.set(ask.who, { ...mine, granted });
          expect(granted).toBeGreaterThanOrEqual(mine.used);
          expect([...shares.values()].reduce((sum, share) => sum + share.granted, 0)).toBeLessThanOrEqual(slots);
        }
      }),
    );
  });

  test("when everybody has asked twice, all slots are granted and nobody who wants more has less than another one's surplus", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(amount, { minLength: 1, maxLength: 4 }), (slots, wants) => {
        let shares: PoolShare[] = wants.map((wanted, schedulerId) => ({ schedulerId, granted: 0, used: 0, wanted }));
        for (let round = 0; round < 2; round++) {
          for (const { schedulerId } of shares) {
            const { granted } = splitSlots(slots, shares, schedulerId);
            shares = shares.map((share) => (share.schedulerId === schedulerId ? { ...share, granted } : share));
          }
        }
        expect(shares.reduce((sum, share) => sum + share.granted, 0)).toBe(slots);
        const surplus = Math.max(...shares.map((share) => share.granted - share.wanted));
        if (shares.some((share) => share.granted < share.wanted)) expect(surplus).toBeLessThanOrEqual(0);
      }),
    );
  });

  test("a pool that shrank leaves running tasks alone", () => {
    expect(splitSlots(2, [{ schedulerId: 1, granted: 5, used: 4, wanted: 3 }], 1).granted).toBe(4);
  });
});
