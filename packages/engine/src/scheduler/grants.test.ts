import type { EngineStore, PoolGrant } from "@millrace/core";
import { expect, test } from "vitest";
import { Grants } from "./grants.ts";
import { OwnedDags } from "./owned-dags.ts";

const aGrant = (granted: number, slots = 3): PoolGrant => ({
  pool: "p",
  slots,
  granted,
  includeDeferred: false,
  order: "fair",
});

/** A store whose answers the test gives, and an owner that uses so many slots of `p`. */
function asked(): {
  readonly grants: Grants;
  readonly owned: OwnedDags;
  use(slots: number): void;
  answer(grant: PoolGrant): void;
  fail(): void;
} {
  const answers: PromiseWithResolvers<readonly PoolGrant[]>[] = [];
  const store = {
    grants: () => {
      answers.push(Promise.withResolvers());
      return answers.at(-1)?.promise;
    },
  } as unknown as EngineStore;
  const owned = new OwnedDags();
  let used = 0;
  owned.occupancy.pools = () => ({ p: used });
  return {
    grants: new Grants(store, 1),
    owned,
    use: (slots) => (used = slots),
    answer: (grant) => answers.at(-1)?.resolve([grant]),
    fail: () => answers.at(-1)?.reject(new Error("the database does not answer")),
  };
}

test("R6: from the moment of asking until the answer, an owner may use no more than it said", async () => {
  const { grants, owned, use, answer } = asked();
  const first = grants.refresh(owned);
  answer(aGrant(3));
  expect(await first).toBe(true);
  use(1);
  const second = grants.refresh(owned);
  expect(grants.pools.get("p")?.granted).toBe(1);
  answer(aGrant(2));
  await second;
  expect(grants.pools.get("p")?.granted).toBe(2);
});

test("R6: an answer that is lost leaves the bound in place until one arrives", async () => {
  const { grants, owned, use, answer, fail } = asked();
  const first = grants.refresh(owned);
  answer(aGrant(3));
  await first;
  use(1);
  const second = grants.refresh(owned);
  fail();
  await expect(second).rejects.toThrow("does not answer");
  expect(grants.pools.get("p")?.granted).toBe(1);
  use(0);
  const third = grants.refresh(owned);
  expect(grants.pools.get("p")?.granted).toBe(0);
  answer(aGrant(3));
  await third;
  expect(grants.pools.get("p")?.granted).toBe(3);
});

test("what waited while an answer was out is looked at again when it is there, though the share is the same", async () => {
  const { grants, owned, answer } = asked();
  const first = grants.refresh(owned);
  answer(aGrant(3));
  await first;
  const second = grants.refresh(owned);
  grants.want({ p: 4 });
  answer(aGrant(3));
  expect(await second).toBe(true);
  const third = grants.refresh(owned);
  answer(aGrant(3));
  expect(await third).toBe(false);
});

test("an unlimited pool is never held back", async () => {
  const { grants, owned, answer } = asked();
  const first = grants.refresh(owned);
  answer(aGrant(Number.MAX_SAFE_INTEGER, -1));
  await first;
  void grants.refresh(owned);
  expect(grants.pools.get("p")?.granted).toBe(Number.MAX_SAFE_INTEGER);
});
