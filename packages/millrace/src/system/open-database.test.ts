import { expect, test } from "vitest";
import { loadConfig } from "../config.ts";
import { openDatabase } from "./open-database.ts";

function configFor(url: string): ReturnType<typeof loadConfig> {
  return loadConfig({ folder: "/nowhere", env: { MILLRACE__DATABASE__URL: url } });
}

test("a database on a server is told of by its host", async () => {
  const database = await openDatabase(configFor("postgresql://ada:secret@db.example:5432/millrace"), "main");
  expect(database.name).toBe("db.example");
});

test("a database over a Unix socket, whose URL has no host, is used as it is", async () => {
  const url = "postgresql://millrace@/workloads?host=%2Frun%2Fpostgresql";
  expect(await openDatabase(configFor(url), "command")).toMatchObject({ url, name: "PostgreSQL" });
});
