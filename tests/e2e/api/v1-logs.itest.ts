import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAGS = `
import { dag } from "millrace";
export const talks = dag("talks", ({ task, map }) => {
  const list = task("list", (_, { log }) => { log.info("it's here"); return [1, 2]; });
  map("each", { each: { n: list } }, ({ n }, { log }) => log.info("number " + n));
  task("twice", { retries: 1, retryDelay: "1ms" }, (_, { log, tryNumber }) => { log.info("try " + tryNumber); if (tryNumber < 2) throw new Error("again"); });
});
export const endless = dag("endless", ({ task, map }) => {
  task("waits", (_, { log, signal }) => { log.info("begun"); return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")))); });
});
`;
const TASKS = "/api/v1/dags/talks/dagRuns/r1/taskInstances";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAGS);
  const { runId } = await server.engine.trigger("talks", { runKey: "r1" });
  expect(await server.engine.ended(runId)).toBe("success");
});
afterAll(() => server[Symbol.asyncDispose]());

test("a log is a list of hosts and texts, with a token that leads on", async () => {
  const { json } = await server.get(`${TASKS}/list/logs/1`);
  expect(json.content).toMatch(/^\[\('.*', "\[\d{4}-.*\] \{task\} INFO - it's here.*"\)\]$/s);
  const next = await server.get(`${TASKS}/list/logs/1?token=${json.continuation_token}`);
  expect(next.json.content).toBe("[]");
});

test("a token that somebody made himself is refused", async () => {
  const { json } = await server.get(`${TASKS}/list/logs/1?token=e30.x`);
  expect(json).toMatchObject({
    status: 400,
    title: "Bad Signature. Please use only the tokens provided by the API.",
  });
});

test("as text it is streamed", async () => {
  const headers = { accept: "text/plain" };
  const { headers: answered, text } = await server.get(`${TASKS}/list/logs/1?full_content=true`, { headers });
  expect(answered["content-type"]).toMatch("text/plain");
  expect(text.split("\n")[1]).toMatch(/INFO - it's here$/);
});

test("mapped instances and past tries have logs of their own", async () => {
  expect((await server.get(`${TASKS}/each/logs/1?map_index=1`)).json.content).toContain("number 2");
  expect((await server.get(`${TASKS}/twice/logs/1`)).json.content).toContain("try 1");
  expect((await server.get(`${TASKS}/twice/logs/2`)).json.content).toContain("try 2");
});

test.each(["nothing/logs/1", "list/logs/9", "each/logs/1", "each/logs/1?map_index=7"])("%s is 404", async (path) => {
  expect((await server.get(`${TASKS}/${path}`)).json).toMatchObject({ status: 404, title: "TaskInstance not found" });
});

test("the log of a task that the DAG has no longer can be read", async () => {
  await server.engine.deploy(DAGS.replace('task("twice"', 'task("renamed"'));
  expect((await server.get(`${TASKS}/twice/logs/2`)).json.content).toContain("try 2");
});

test("a log can be read while its try runs, from where the reader was", async () => {
  await server.engine.trigger("endless", { runKey: "now" });
  const url = "/api/v1/dags/endless/dagRuns/now/taskInstances/waits/logs/1";
  await expect.poll(async () => (await server.get(url)).json.content, { timeout: 20_000 }).toContain("begun");
  const { json } = await server.get(url);
  expect((await server.get(`${url}?token=${json.continuation_token}`)).json.content).toBe("[]");
});
