import { isMillraceError } from "@millrace/core";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "../testing/test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { microsToSql } from "./micros-sql.ts";
import { openPool } from "./open-pool.ts";
import type { DatabasePool } from "./open-pool.ts";
import { classifySqlError } from "./sql-error.ts";
import { transaction } from "./transaction.ts";

let database: TestDatabase;
let pool: DatabasePool;

beforeAll(async () => {
  database = await testDatabase();
  pool = await openPool({ url: database.url, max: 4, applicationName: "pool test" });
  await pool.query("create table item (id int primary key, n int8 not null)");
});

afterAll(async () => {
  await pool.close();
  await database.drop();
});

const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test("instants, big numbers and lists of them arrive exactly, whatever the session's time zone", async () => {
  const at = 1_767_225_600_000_001;
  const { rows } = await pool.withClient((client) =>
    transaction(client, async () => {
      await client.query("set local timezone = 'Asia/Kolkata'");
      return client.query(
        "select $1::timestamptz as at, array[$1, null]::timestamptz[] as list, $2::int8 as big, '{1,NULL}'::int8[] as bigs, '2026-01-02'::date as day",
        [microsToSql(at), "9007199254740991"],
      );
    }),
  );
  expect(rows).toEqual([{ at, list: [at, null], big: Number.MAX_SAFE_INTEGER, bigs: [1, null], day: "2026-01-02" }]);
});

test("a number beyond 2^53 is refused instead of rounded", async () => {
  await expect(pool.query("select 9007199254740993::int8 as big")).rejects.toThrow("beyond 2^53");
});

test("statements have limits inside and outside of transactions", async () => {
  expect(pool.hasSessions).toBe(true);
  const limits =
    "select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle";
  expect((await pool.query(limits)).rows).toMatchObject([{ lock: "2s", statement: "30s" }]);
  const inside = await pool.withClient((client) =>
    transaction(client, () => client.query(limits), { lockTimeoutMs: 150 }),
  );
  expect(inside.rows).toEqual([{ lock: "150ms", statement: "30s", idle: "10s" }]);
});

test("a failed transaction leaves nothing behind and its connection usable", async () => {
  const failed = pool.withCommitClient((client) =>
    transaction(client, async () => {
      await client.query("insert into item (id, n) values (1, 1)");
      await client.query("insert into item (id, n) values (1, 1)");
    }),
  );
  expect(classifySqlError(await failureOf(failed))).toBe("data");
  const { rows } = await pool.withCommitClient((client) => client.query("select count(*) as n from item where id = 1"));
  expect(rows).toEqual([{ n: 0 }]);
});

test("a transaction whose failed statement was swallowed does not count as committed", async () => {
  const swallowed = pool.withClient((client) =>
    transaction(client, async () => {
      await client.query("select 1/0").catch(() => undefined);
    }),
  );
  await expect(swallowed).rejects.toThrow("rolled back");
});

test("waiting for a lock ends in a retry", async () => {
  await pool.query("insert into item (id, n) values (2, 0)");
  const waited = pool.withClient((holder) =>
    transaction(holder, async () => {
      await holder.query("update item set n = 1 where id = 2");
      return failureOf(
        pool.withClient((other) =>
          transaction(other, () => other.query("update item set n = 2 where id = 2"), { lockTimeoutMs: 20 }),
        ),
      );
    }),
  );
  expect(classifySqlError(await waited)).toBe("retry");
});

test("a client that falls silent inside a transaction loses its locks and its work", async () => {
  await pool.query("insert into item (id, n) values (3, 0)");
  const silent = pool.withClient((holder) =>
    transaction(
      holder,
      async () => {
        await holder.query("update item set n = 1 where id = 3");
        await pool.query("update item set n = 2 where id = 3");
      },
      { idleTimeoutMs: 50 },
    ),
  );
  expect(["server", "unknown-outcome"]).toContain(classifySqlError(await failureOf(silent)));
  expect((await pool.query("select n from item where id = 3")).rows).toEqual([{ n: 2 }]);
});

test("a connection that is cut while lent fails its work as the server's trouble, and the next work gets a new one", async () => {
  const cut = pool.withCommitClient(async (client) => {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    await pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await client.query("select pg_sleep(60)");
  });
  expect(classifySqlError(await failureOf(cut))).toBe("server");
  expect((await pool.withCommitClient((client) => client.query("select 1 as one"))).rows).toEqual([{ one: 1 }]);
});

test("a connection that is cut at COMMIT leaves an unknown outcome", async () => {
  await pool.query(`
    create table slow (id int);
    create function wait_at_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
    create constraint trigger slow_commit after insert on slow deferrable initially deferred for each row execute function wait_at_commit()`);
  const committed = pool.withCommitClient((client) =>
    transaction(client, () => client.query("insert into slow (id) values (1)")),
  );
  const failure = failureOf(committed);
  for (let killed = 0; killed === 0;) {
    const { rowCount } = await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'commit' and wait_event = 'PgSleep' and datname = current_database()",
    );
    killed = rowCount ?? 0;
  }
  expect(classifySqlError(await failure)).toBe("unknown-outcome");
});

test("readers that use up the pool do not keep a commit waiting", async () => {
  const gate = Promise.withResolvers<undefined>();
  const readers = [1, 2, 3].map(() => pool.withClient(() => gate.promise));
  expect((await pool.withCommitClient((client) => client.query("select 1 as one"))).rows).toEqual([{ one: 1 }]);
  gate.resolve(undefined);
  await Promise.all(readers);
});

test("a URL that leads nowhere is refused with host and database, without the password", async () => {
  const error = await failureOf(openPool({ url: "postgresql://user:secret@127.0.0.1:1/nowhere" }));
  expect(isMillraceError(error) && error.code).toBe("NO_DATABASE");
  expect(String(error)).toContain('"nowhere" at 127.0.0.1:1');
  expect(String(error)).not.toContain("secret");
});

test("the URL of the embedded database does not depend on PG variables of the shell", async () => {
  const before = { PGPORT: process.env["PGPORT"], PGSSLMODE: process.env["PGSSLMODE"] };
  Object.assign(process.env, { PGPORT: "1", PGSSLMODE: "require" });
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await client.end();
  }
});
