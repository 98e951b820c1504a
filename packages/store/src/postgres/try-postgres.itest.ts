import { expect, test } from "vitest";
import { testDatabase } from "../testing/test-database.ts";
import { tryPostgres, type PostgresTrial } from "./try-postgres.ts";

test("a trial logs in and says where it is, and passes on what the server refuses", async () => {
  await using database = await testDatabase();
  // The embedded server listens on a socket: its URL names the folder as a parameter.
  const [, login = "", base = "", query = ""] =
    /^postgres(?:ql)?:\/\/([^@/]*)@?[^/]*\/([^?]*)\??(.*)$/.exec(database.url) ?? [];
  const parameters = new URLSearchParams(query);
  const [user = "", password = ""] = login.split(":").map(decodeURIComponent);
  const trial: PostgresTrial = {
    address: parameters.get("host") ?? "localhost",
    host: "db.example",
    port: Number(parameters.get("port") ?? 5432),
    user: user === "" ? (parameters.get("user") ?? undefined) : user,
    password,
    database: base,
    sslMode: undefined,
    signal: AbortSignal.timeout(10_000),
  };
  expect(await tryPostgres(trial)).toMatch(/^PostgreSQL \d+.* at db\.example:\d+, logged in as \w+ to /);
  await expect(tryPostgres({ ...trial, database: "no_such_database" })).rejects.toThrow(/no_such_database/);
  await expect(tryPostgres({ ...trial, signal: AbortSignal.abort(new Error("late")) })).rejects.toThrow();
});
