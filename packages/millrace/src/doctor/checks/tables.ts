import { readTableHealth, type TableHealth } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { showMs } from "../percentile.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

const MANY_DEAD = 100_000;
const TOO_MANY_DEAD = 5_000_000;
/** PostgreSQL stops taking writes 3 million before 2^31. */
const OLD = 1_000_000_000;
const TOO_OLD = 1_800_000_000;

/** How vacuum keeps up. */
export interface TableFacts {
  readonly tables: readonly TableHealth[];
  readonly unfrozenTransactions: number;
}

/** More dead rows than live ones make reads slow; rows that are never frozen stop the database in the end. */
export function judgeTables({ tables, unfrozenTransactions }: TableFacts): readonly Verdict[] {
  const [worst] = tables;
  const dead = tables.reduce((sum, table) => sum + table.dead, 0);
  return findingsOr(
    [
      ...tables.map(judgeTable),
      unfrozenTransactions < OLD
        ? undefined
        : (unfrozenTransactions < TOO_OLD ? warn : bad)(
            `the oldest row is ${unfrozenTransactions} transactions old; at 2 100 000 000 the database takes no writes`,
            "Find what holds vacuum back (the check `snapshots`), then: vacuum (freeze, verbose)",
          ),
    ],
    worst === undefined
      ? "there are no tables yet"
      : `${counted(dead, "dead row")} in ${counted(tables.length, "table")}, most in ${worst.name} (${worst.dead} beside ${worst.live} live ones)`,
  );
}

function judgeTable({ name, live, dead, vacuumedMs }: TableHealth): Verdict | undefined {
  if (dead < MANY_DEAD || dead < live) return undefined;
  const last = vacuumedMs === undefined ? "never vacuumed" : `vacuumed ${showMs(vacuumedMs)} ago`;
  const fact = `${name} has ${dead} dead rows beside ${live} live ones, ${last}`;
  const advice = `See whether autovacuum is on and nothing holds it back (the check \`snapshots\`), then: vacuum (verbose) millrace.${name}`;
  return dead < TOO_MANY_DEAD ? warn(fact, advice) : bad(fact, advice);
}

/** Dead rows and the age of the oldest row. */
export const tablesCheck = makeCheck({
  name: "tables",
  about: "dead rows of Millrace's tables, and how far freezing is behind",
  needs: "schema",
  gather: ({ pool }) => readTableHealth(pool),
  judge: judgeTables,
});
