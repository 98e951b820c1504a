import { hostname } from "node:os";
import { join } from "node:path";
import { connectEmbedded, openStore } from "@millrace/store";
import { expect, test } from "vitest";
import { cliProject } from "../harness/cli-project.ts";

const DAGS = `
import { dag } from "millrace";
export const hello = dag("hello", ({ task }) => { task("greet", () => "hello"); });
`;

test("whatever a command writes is in the audit, with who and from where, and without secrets", async () => {
  await using project = await cliProject({ "millrace.json": "{}", "dags/hello.dag.ts": DAGS });
  const commands = [
    ["dags", "list"],
    ["dags", "pause", "hello"],
    ["pools", "set", "db", "5", "databases"],
    ["variables", "set", "api_key", "hush-hush"],
    ["connections", "add", "web", "--conn-uri", "http://u:hush-hush@h/"],
    ["job", "launch", "-j", "hello", "--config-json", '{"password": "hush-hush", "n": 1}'],
  ];
  for (const args of commands) expect(await project.run(...args)).toMatchObject({ code: 0 });
  await using database = await connectEmbedded({ folder: join(project.folder, ".millrace", "postgres") });
  const store = await openStore({ url: database.url });
  const { entries } = await store.audit.list({ offset: 0, limit: 100 });
  await store.close();
  expect(entries.map(({ event }) => event)).toEqual([
    "cli.dags.pause",
    "cli.pools.set",
    "cli.variables.set",
    "cli.connections.add",
    "cli.job.launch",
  ]);
  expect(entries[0]).toMatchObject({ dagId: "hello", from: hostname(), extra: '{"kind":"pause","paused":true}' });
  expect(entries[0].by).toMatch(/^user:.+/);
  expect(JSON.stringify(entries)).not.toContain("hush-hush");
  expect(entries[4].extra).toContain('"n":1');
});
