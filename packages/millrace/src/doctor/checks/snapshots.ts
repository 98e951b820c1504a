import { readOpenSnapshots, type OpenSnapshots, type OpenTransaction } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { counted } from "../counted.ts";
import { showMs } from "../percentile.ts";
import { bad, findingsOr, warn, type Verdict } from "../verdict.ts";

/** Nobody needs so long between two statements. */
const IDLE_MS = 5_000;
/** Millrace's own statements end after half of it. */
const LONG_MS = 60_000;
const TOO_LONG_MS = 1_800_000;
/** Of a slot: so many transactions happen in minutes. */
const MANY_TRANSACTIONS = 100_000;
const TOO_MANY_TRANSACTIONS = 50_000_000;
const MOST_SHOWN = 5;

const HARM = "vacuum removes nothing that was deleted or changed since";

/** Open transactions, prepared ones and replication slots, by how long they keep vacuum from its work. */
export function judgeSnapshots({ transactions, hidden, prepared, slots }: OpenSnapshots): readonly Verdict[] {
  const [oldest] = transactions;
  const count = transactions.length;
  const open =
    oldest === undefined
      ? "no other transaction is open"
      : `${count} ${count === 1 ? "transaction is" : "transactions are"} open, the oldest for ${showMs(oldest.ageMs)} (${who(oldest)})`;
  const unseen =
    hidden === 0 ? "" : `; ${counted(hidden, "session")} of other roles cannot be looked at (grant pg_read_all_stats)`;
  return findingsOr(
    [
      ...transactions
        .map(judgeTransaction)
        .filter((verdict) => verdict !== undefined)
        .slice(0, MOST_SHOWN),
      ...prepared.map(judgePrepared),
      ...slots.map(judgeSlot),
    ],
    `${open}${unseen}`,
  );
}

function who({ pid, application, role, state }: OpenTransaction): string {
  return [`pid ${pid}`, application || "without a name", `as ${role}`, state].join(", ");
}

function judgeTransaction(transaction: OpenTransaction): Verdict | undefined {
  const { ageMs, state, pid } = transaction;
  const limit = state.startsWith("idle in transaction") ? IDLE_MS : LONG_MS;
  if (ageMs < limit) return undefined;
  const fact = `a transaction has been open for ${showMs(ageMs)} (${who(transaction)}): ${HARM}`;
  const advice = `Commit or close it where it comes from, or end it: select pg_terminate_backend(${pid}). idle_in_transaction_session_timeout prevents it.`;
  return ageMs < TOO_LONG_MS ? warn(fact, advice) : bad(fact, advice);
}

function judgePrepared({ gid, role, ageMs }: OpenSnapshots["prepared"][number]): Verdict | undefined {
  if (ageMs < LONG_MS) return undefined;
  const fact = `a prepared transaction "${gid}" of ${role} has been left for ${showMs(ageMs)}: ${HARM}`;
  const advice = `Finish it: commit prepared '${gid}', or rollback prepared '${gid}'`;
  return ageMs < TOO_LONG_MS ? warn(fact, advice) : bad(fact, advice);
}

function judgeSlot({ name, active, transactions }: OpenSnapshots["slots"][number]): Verdict | undefined {
  if (active || transactions < MANY_TRANSACTIONS) return undefined;
  const fact = `the replication slot "${name}" has no reader and holds back ${transactions} transactions: ${HARM}`;
  const advice = `Start its reader again, or drop it: select pg_drop_replication_slot('${name}')`;
  return transactions < TOO_MANY_TRANSACTIONS ? warn(fact, advice) : bad(fact, advice);
}

/** What keeps vacuum from removing dead rows. */
export const snapshotsCheck = makeCheck({
  name: "snapshots",
  about: "open snapshots, long and prepared transactions and replication slots, which make everything slower",
  needs: "database",
  gather: ({ pool }) => readOpenSnapshots(pool),
  judge: judgeSnapshots,
});
