// Logs that are read while their try runs: over several dispatches, and where another try begins.
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as api from "@millrace/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { dag, param } from "millrace";

async function until(file: string): Promise<void> {
  while (!existsSync(file)) await wait(20);
}

export const looks = dag("looks", { params: { folder: param("") } }, ({ sensor }) => {
  sensor("wait", { mode: "reschedule", every: "1s", timeout: "100s" }, async (_, { log, params }) => {
    const isSecond = existsSync(params.folder + "/looked");
    for (let line = 1; line <= 3; line += 1) log.info((isSecond ? "second " : "first ") + line);
    if (isSecond) await until(params.folder + "/go");
    return isSecond;
  });
});

export const tries = dag("tries", { params: { folder: param("") } }, ({ task }) => {
  task("twice", { retries: 1, retryDelay: "1ms" }, async (_, { log, params, tryNumber }) => {
    for (let line = 1; line <= 3 * tryNumber; line += 1) log.info("try " + tryNumber + " " + line);
    await until(params.folder + "/end-" + tryNumber);
    if (tryNumber === 1) throw new Error("once more");
  });
});
`;

let server: ServerHarness;
let client: api.MillraceClient;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  client = api.createClient({ url: `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}` });
});
afterAll(() => server[Symbol.asyncDispose]());

type LogQuery = NonNullable<api.CallInput<typeof api.readLog>["query"]>;

/** What a task says in its log, gathered while it comes. */
function follow(of: TaskOf, query: LogQuery = {}) {
  const said: string[] = [];
  const ended = (async () => {
    const stream = await client.stream(api.readLog, { params: { ...of, mapIndex: -1 }, query });
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) said.push((JSON.parse(line) as { readonly msg: string }).msg);
    }
  })();
  return { said, ended };
}

test("a try that has looked before is followed from its first line, and each line comes once", async () => {
  const folder = server.engine.dataFolder;
  const { runId } = await server.engine.trigger("looks", { conf: JSON.stringify({ folder }) });
  const of = { runId, taskId: "wait" };
  await expect.poll(() => stateOf(of)).toBe("up_for_reschedule");
  writeFileSync(join(folder, "looked"), "");
  const all = ["first 1", "first 2", "first 3", "second 1", "second 2", "second 3"];
  await expect.poll(() => stateOf(of)).toBe("running");
  const whole = follow(of);
  const fromLine = follow(of, { from: 2 });
  await expect.poll(() => whole.said).toEqual(all);
  await expect.poll(() => fromLine.said).toEqual(all.slice(2));
  writeFileSync(join(folder, "go"), "");
  await Promise.all([whole.ended, fromLine.ended]);
  expect(whole.said).toEqual(all);
  expect(fromLine.said).toEqual(all.slice(2));
});

test("who follows the present try hears of that one until its end, whatever comes after it", async () => {
  const folder = server.engine.dataFolder;
  const { runId } = await server.engine.trigger("tries", { conf: JSON.stringify({ folder }) });
  const of = { runId, taskId: "twice" };
  const first = ["try 1 1", "try 1 2", "try 1 3"];
  await expect.poll(() => stateOf(of)).toBe("running");
  const present = follow(of);
  await expect.poll(() => present.said).toEqual(first);
  writeFileSync(join(folder, "end-1"), "");
  await expect
    .poll(async () => await triesOf(of))
    .toMatchObject([{ tryNumber: 1 }, { tryNumber: 2, state: "running" }]);
  writeFileSync(join(folder, "end-2"), "");
  await present.ended;
  expect(present.said.filter((line) => line.startsWith("try"))).toEqual(first);
});

interface TaskOf {
  readonly runId: number;
  readonly taskId: string;
}

async function stateOf({ runId, taskId }: TaskOf): Promise<unknown> {
  return (await server.engine.states(runId))[taskId];
}

async function triesOf(of: TaskOf): Promise<readonly unknown[]> {
  return (await client.call(api.listTries, { params: { ...of, mapIndex: -1 } })).items;
}
