import type { DatabasePrivileges, DatabaseSettings, OpenSnapshots } from "@millrace/store";
import { describe, expect, test } from "vitest";
import { judgeClock, offsetOf } from "./checks/clock.ts";
import { judgeDatabase } from "./checks/database.ts";
import { judgeFsync } from "./checks/fsync.ts";
import { judgeNotifications } from "./checks/notifications.ts";
import { judgePrivileges } from "./checks/privileges.ts";
import { judgeSchema } from "./checks/schema.ts";
import { judgeSettings } from "./checks/settings.ts";
import { judgeSnapshots } from "./checks/snapshots.ts";
import { judgeTables } from "./checks/tables.ts";
import { textOf } from "./testing/text-of.ts";

const MINUTE = 60_000;

test.each([
  [{ offsetMs: 0.4 }, /^ok: this host is 0\.40 ms ahead of the database \(± 1\.00 ms\)$/],
  [{ offsetMs: -1_500 }, /^warn: this host is 1\.5 s behind the database .* → Let both machines follow a time server/],
  [{ offsetMs: 1_500, uncertaintyMs: 800 }, /^ok/],
  [{ offsetMs: 5 * MINUTE }, /^bad/],
  [{ offsetMs: 0, jumpMs: -3_000 }, /^warn: this host's clock jumped by 3\.0 s/],
])("clock: %j", (change, expected) => {
  expect(textOf(judgeClock({ uncertaintyMs: 1, jumpMs: 0, ...change }))).toMatch(expected);
});

test("the offset is that of the quickest answer", () => {
  const slow = { before: 0, database: 9_000_000, after: 10_000_000 };
  expect(offsetOf([slow, { before: 20_000_000, database: 19_501_000, after: 20_002_000 }])).toEqual({
    offsetMs: 500,
    uncertaintyMs: 2,
  });
});

test.each([
  [{ roundTripsMs: [0.2, 0.3, 0.4] }, /^ok: db, PostgreSQL 16\.3, round trip p50 0\.30 ms, p99 0\.40 ms$/],
  [{ roundTripsMs: [40] }, /^warn: .* → Run Millrace nearer/],
  [{ roundTripsMs: [400] }, /^bad/],
  [{ serverVersion: 190_001 }, /^warn: .*PostgreSQL 19\.1.*tested are 14 to 18/],
])("database: %j", (change, expected) => {
  expect(textOf(judgeDatabase({ name: "db", serverVersion: 160_003, roundTripsMs: [1], ...change }))).toMatch(expected);
});

test.each([
  [{ database: 7 }, /^ok: the schema is at version 7/],
  [{ database: 5 }, /^warn: .*2 migrations to be made → .*`millrace db migrate`/],
  [{ database: 0 }, /^warn: the database has no schema yet/],
  [{ database: 9, trouble: { code: "SCHEMA_TOO_NEW", message: "newer" } }, /^bad: newer → Upgrade this Millrace/],
  [{ database: 7, trouble: { code: "SCHEMA_DIFFERS", message: "other" } }, /^bad: other → Use the Millrace that made/],
])("schema: %j", (facts, expected) => {
  expect(textOf(judgeSchema({ program: 7, ...facts }))).toMatch(expected);
});

describe("settings", () => {
  const settings: DatabaseSettings["settings"] = {
    autovacuum: "on",
    default_transaction_isolation: "read committed",
    default_transaction_read_only: "off",
    fsync: "on",
    full_page_writes: "on",
    idle_in_transaction_session_timeout: "60000",
    idle_session_timeout: "0",
    max_connections: "100",
    statement_timeout: "30000",
    synchronous_commit: "on",
    track_counts: "on",
  };
  const facts: DatabaseSettings = { settings, encoding: "UTF8", inRecovery: false, freeConnections: 90 };
  test.each([
    [{}, /^ok: fsync, .*; 90 of 100 connections are free$/],
    [{ fsync: "off" }, /^bad: fsync = off: .* → Switch it on: alter system set fsync = on/],
    [{ full_page_writes: "off" }, /^bad/],
    [{ synchronous_commit: "off" }, /^bad/],
    [{ autovacuum: "off" }, /^warn: autovacuum = off/],
    [{ track_counts: "off" }, /^warn/],
    [{ default_transaction_read_only: "on" }, /^bad: default_transaction_read_only = on/],
    [{ default_transaction_isolation: "serializable" }, /^warn: default_transaction_isolation = serializable/],
    [{ statement_timeout: "1000" }, /^warn: statement_timeout = 1000 ms: large commits are cancelled/],
    [{ statement_timeout: "0" }, /^ok/],
    [{ idle_session_timeout: "60000" }, /^warn: idle_session_timeout = 60000 ms/],
    [{ idle_in_transaction_session_timeout: "1000" }, /^warn/],
    [{ fsync: "off", autovacuum: "off" }, /^bad[^\n]*\nwarn[^\n]*$/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeSettings({ ...facts, settings: { ...settings, ...change } }))).toMatch(expected);
  });

  test.each([
    [{ inRecovery: true }, /^bad: this server is a standby.* → Name the primary/],
    [{ encoding: "SQL_ASCII" }, /^bad: the database is encoded in SQL_ASCII/],
    [{ freeConnections: 3 }, /^warn: 3 connections are free of max_connections = 100/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeSettings({ ...facts, ...change }))).toMatch(expected);
  });
});

test.each([
  [[1, 2, 3], /^ok: there: p50 2\.00 ms, p99 3\.00 ms \(3 measured\)$/],
  [[20], /^warn: .* → Each step of a run waits for this/],
  [[200], /^bad/],
  [[], /^skipped: this server takes no writes$/],
])("fsync: %j", (ms, expected) => {
  expect(textOf(judgeFsync({ where: "there", ms }))).toMatch(expected);
});

describe("snapshots", () => {
  const facts: OpenSnapshots = { transactions: [], hidden: 0, prepared: [], slots: [] };
  const open = { pid: 7, role: "ada", application: "psql", state: "active", ageMs: 100, hasSnapshot: true };
  const idle = { ...open, state: "idle in transaction" };
  test.each([
    [{}, /^ok: no other transaction is open$/],
    [{ transactions: [open] }, /^ok: 1 transaction is open, the oldest for 100 ms \(pid 7, psql, as ada, active\)$/],
    [{ transactions: [{ ...open, ageMs: 30_000 }] }, /^ok/],
    [
      { transactions: [{ ...open, ageMs: 2 * MINUTE }] },
      /^warn: .*open for 120\.0 s \(pid 7, psql.* → .*pg_terminate_backend\(7\)/,
    ],
    [{ transactions: [{ ...idle, ageMs: 6_000 }] }, /^warn: .*idle in transaction/],
    [{ transactions: [{ ...idle, ageMs: 40 * MINUTE }] }, /^bad/],
    [{ hidden: 3 }, /^ok: .*; 3 sessions of other roles cannot be looked at/],
    [
      { prepared: [{ gid: "x", role: "ada", ageMs: 2 * MINUTE }] },
      /^warn: a prepared transaction "x".* → .*rollback prepared 'x'/,
    ],
    [{ prepared: [{ gid: "x", role: "ada", ageMs: 50 * MINUTE }] }, /^bad/],
    [{ prepared: [{ gid: "x", role: "ada", ageMs: 10 }] }, /^ok/],
    [{ slots: [{ name: "s", active: false, transactions: 200_000 }] }, /^warn: the replication slot "s".* → .*drop/],
    [{ slots: [{ name: "s", active: false, transactions: 60_000_000 }] }, /^bad/],
    [{ slots: [{ name: "s", active: true, transactions: 200_000 }] }, /^ok/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeSnapshots({ ...facts, ...change }))).toMatch(expected);
  });
});

describe("tables", () => {
  const table = { name: "task_instance", live: 1_000, dead: 10, vacuumedMs: 5_000 };
  test.each([
    [[table], 1, /^ok: 10 dead rows in 1 table, most in task_instance \(10 beside 1000 live ones\)$/],
    [[], 1, /^ok: there are no tables yet$/],
    [
      [{ ...table, dead: 200_000 }],
      1,
      /^warn: task_instance has 200000 dead rows .*vacuumed 5\.0 s ago → .*vacuum \(verbose\) millrace\.task_instance$/,
    ],
    [[{ ...table, dead: 6_000_000 }], 1, /^bad/],
    [[{ ...table, live: 1e9, dead: 200_000 }], 1, /^ok/],
    [[table], 1_200_000_000, /^warn: the oldest row is 1200000000 transactions old/],
    [[table], 1_900_000_000, /^bad/],
  ])("%j, %i", (tables, unfrozenTransactions, expected) => {
    expect(textOf(judgeTables({ tables, unfrozenTransactions }))).toMatch(expected);
  });
});

describe("privileges", () => {
  const facts: DatabasePrivileges = {
    role: "ada",
    hasSchema: true,
    mayCreateSchema: false,
    mayUseSchema: true,
    closedTables: [],
    foreignTables: [],
  };
  test.each([
    [{}, /^ok: ada may do all/],
    [{ hasSchema: false }, /^bad: ada may not make a schema .* → grant create on database/],
    [{ mayUseSchema: false }, /^bad: .* → grant usage, create on schema millrace to ada$/],
    [{ closedTables: ["a", "b", "c", "d", "e"] }, /^bad: ada may not read and write a, b, c and 2 more/],
    [{ foreignTables: ["dag"] }, /^warn: ada does not own dag/],
  ])("%j", (change, expected) => {
    expect(textOf(judgePrivileges({ ...facts, ...change }))).toMatch(expected);
  });
});

test.each([
  [{ hasSessions: true, arrivedMs: 1 }, /^ok: .*after 1\.00 ms$/],
  [{ hasSessions: true }, /^warn: a notification did not arrive within 2\.0 s/],
  [{ hasSessions: false }, /^warn: a pooler .*pgbouncer.* → It works, by looking every 250 ms/],
])("notifications: %j", (facts, expected) => {
  expect(textOf(judgeNotifications(facts))).toMatch(expected);
});
