import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => await server[Symbol.asyncDispose]());

const ROOT = "/api/v1/pools";
const post = async (body: unknown): ReturnType<ServerHarness["request"]> =>
  await server.request("POST", ROOT, { body });

const NO_USE = { occupied_slots: 0, running_slots: 0, queued_slots: 0, scheduled_slots: 0, deferred_slots: 0 };

test("a pool is made, changed, renamed and deleted", async () => {
  expect((await post({ name: "small", slots: 3, description: "d" })).json).toEqual({
    name: "small",
    slots: 3,
    description: "d",
    include_deferred: false,
    open_slots: 3,
    ...NO_USE,
  });
  const patch = async (body: unknown, mask = ""): ReturnType<ServerHarness["request"]> =>
    await server.request("PATCH", `${ROOT}/small${mask}`, { body });
  expect((await patch({ name: "small", slots: 4, include_deferred: true })).json).toMatchObject({
    slots: 4,
    include_deferred: true,
    description: "d",
  });
  expect((await patch({ slots: 5, description: "e" }, "?update_mask=slots")).json).toMatchObject({
    slots: 5,
    description: "d",
  });
  expect((await patch({ name: "tiny", slots: -1 })).json).toMatchObject({ name: "tiny", open_slots: 2_147_483_647 });
  expect((await server.get(`${ROOT}/small`)).json).toMatchObject({
    status: 404,
    detail: "Pool with name:'small' not found",
  });
  expect((await server.request("DELETE", `${ROOT}/tiny`)).status).toBe(204);
  expect((await server.request("DELETE", `${ROOT}/tiny`)).status).toBe(404);
});

test("what does not fit is refused in Airflow's words", async () => {
  const detail = async (answer: ReturnType<ServerHarness["request"]>): Promise<unknown> => {
    const { status, json } = await answer;
    return [status, json.detail];
  };
  const change = async (name: string, body: unknown, mask = ""): ReturnType<ServerHarness["request"]> =>
    await server.request("PATCH", `${ROOT}/${name}${mask}`, { body });
  expect(await detail(post({}))).toEqual([400, "Missing required property(ies): ['name', 'slots']"]);
  expect(await detail(post({ name: "x" }))).toEqual([400, "Missing required property(ies): ['slots']"]);
  expect(await detail(post({ name: "default_pool", slots: 1 }))).toEqual([409, "Pool: default_pool already exists"]);
  expect(await detail(post({ name: "x", slots: 1, open_slots: 1 }))).toEqual([
    400,
    "Property is read-only - 'open_slots'",
  ]);
  expect((await post({ name: "x", slots: -2 })).status).toBe(400);
  expect((await post({ name: "", slots: 1 })).status).toBe(400);
  expect(await detail(server.request("DELETE", `${ROOT}/default_pool`))).toEqual([
    400,
    "Default Pool can't be deleted",
  ]);
  expect(await detail(change("default_pool", { name: "y", slots: 1 }))).toEqual([
    400,
    "Default Pool's name can't be modified",
  ]);
  expect((await change("default_pool", { slots: 9 }, "?update_mask=slots, include_deferred")).status).toBe(400);
  expect((await change("default_pool", { slots: 9 }, "?update_mask=slots")).json).toMatchObject({ slots: 9 });
  await post({ name: "p", slots: 1 });
  expect(await detail(change("p", { slots: 1 }))).toEqual([400, "Missing required property(ies): ['name']"]);
  expect(await detail(change("p", { slots: 1 }, "?update_mask=nope"))).toEqual([
    400,
    "Invalid field: nope in update mask",
  ]);
  await server.request("DELETE", `${ROOT}/p`);
});

test("slots are counted from the task instances at the moment, and are free when they have ended", async () => {
  await post({ name: "narrow", slots: 3 });
  await server.engine.deploy(`
    import { dag } from "@millrace/core";
    export default dag("holding", { schedule: null }, ({ task }) => {
      task("wide", { pool: "narrow", poolSlots: 2 }, (_, { signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)));
      task("next", { pool: "narrow", poolSlots: 2 }, () => 1);
    });`);
  const { runKey } = await server.engine.trigger("holding");
  const use = async (): Promise<unknown> => (await server.get(`${ROOT}/narrow`)).json;
  await expect
    .poll(use, { timeout: 20_000 })
    .toMatchObject({ running_slots: 2, scheduled_slots: 2, occupied_slots: 2, open_slots: 1 });
  await server.engine.send("holding", { kind: "markRun", runKey, state: "failed" });
  await expect.poll(use, { timeout: 20_000 }).toMatchObject({ ...NO_USE, open_slots: 3 });
});
