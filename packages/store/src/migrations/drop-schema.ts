import { MillraceError } from "@millrace/core";
import type pg from "pg";
import { transaction } from "../postgres/index.ts";

const TIMEOUT_MS = 600_000;

const ALIVE = `
  select host, pid
  from millrace.scheduler
  where ended_at is null and heartbeat_at > now() - interval '15 seconds'
  order by scheduler_id
  limit 1`;

/**
 * Drops everything that Millrace has in a database, whichever version made it: runs, settings and the migrations' own table. Other schemas are not
 * touched.
 *
 * @throws MillraceError CONFLICT while a scheduler lives.
 */
export async function dropSchema(client: pg.ClientBase): Promise<void> {
  await transaction(
    client,
    async () => {
      await refuseWhileAlive(client);
      await client.query("drop schema if exists millrace cascade");
    },
    { lockTimeoutMs: TIMEOUT_MS, statementTimeoutMs: TIMEOUT_MS },
  );
}

/** @throws MillraceError CONFLICT while a scheduler lives. Holds the schedulers' table until the transaction ends. */
export async function refuseWhileAlive(client: pg.ClientBase): Promise<void> {
  const found = await client.query<{ found: boolean }>("select to_regclass('millrace.scheduler') is not null as found");
  if (found.rows[0]?.found !== true) return;
  // No heartbeat comes in between: it would wait for this lock, and then there is no such table.
  await client.query("lock table millrace.scheduler in access exclusive mode");
  const [alive] = (await client.query<{ host: string; pid: number }>(ALIVE)).rows;
  if (alive === undefined) return;
  throw new MillraceError(
    "CONFLICT",
    `a Millrace runs on this database: process ${alive.pid} on ${alive.host} was heard of within the last 15 s. Stop it first.`,
    { details: { ...alive } },
  );
}
