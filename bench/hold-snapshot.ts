import { openPool } from "@millrace/store";

/** A snapshot that an open transaction holds: rows that die meanwhile cannot be removed. */
export interface HeldSnapshot {
  /** Ends the transaction. */
  close(): Promise<void>;
}

/** Holds a snapshot as a long report or a backup would. */
export async function holdSnapshot(url: string): Promise<HeldSnapshot> {
  const pool = await openPool({ url, max: 2 });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: holds, reject } = Promise.withResolvers<void>();
  const holding = pool.withClient(async (client) => {
    await client.query("begin isolation level repeatable read");
    // The embedded server ends idle transactions after a minute.
    await client.query("set local idle_in_transaction_session_timeout = 0");
    await client.query("select count(*) from millrace.dag");
    holds();
    await released;
    await client.query("commit");
  });
  holding.catch(reject);
  await held;
  return {
    close: async () => {
      release();
      await holding;
      await pool.close();
    },
  };
}
