import type { Context, Log } from "@millrace/core";
import { expect, test } from "vitest";
import { serverOf } from "../spark-server.ts";
import { submitToCluster } from "./submit-to-cluster.ts";

const SERVER = serverOf(undefined, { master: "spark://m:7077" });
const JOB = { application: "/jobs/a.jar", mainClass: "org.example.A", pollEvery: "10ms" } as const;

/** A master whose drivers run until they are ended. `whenSubmitted` is waited for before it answers a submission. */
function aMaster(whenSubmitted: () => Promise<void> = async () => undefined) {
  const killed: string[] = [];
  let state = "RUNNING";
  const answer = async (url: string): Promise<object> => {
    const [, , what = "", id = ""] = /\/(submissions)\/(\w+)\/?(.*)$/.exec(url) ?? [];
    if (what === "create") {
      await whenSubmitted();
      return { success: true, submissionId: "driver-1" };
    }
    if (what === "kill") {
      killed.push(id);
      state = "KILLED";
    }
    return { success: true, submissionId: id, driverState: state };
  };
  const fetch = async (url: unknown, { signal }: RequestInit = {}): Promise<Response> => {
    const gone = new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    return Response.json(await Promise.race([answer(String(url)), gone]));
  };
  return { killed, fetch: fetch as typeof globalThis.fetch };
}

function aContext(fetch: typeof globalThis.fetch, signal: AbortSignal): Context {
  const none = (): void => undefined;
  const log: Log = { debug: none, info: none, warn: none, error: none, from: () => log };
  const context: Partial<Context> = {
    ...{ dagId: "d", runId: "r", taskId: "t", mapIndex: -1, tryNumber: 1, tryId: "1", logicalDate: "" },
    ...{ fetch, signal, log, xcom: { push: none } as unknown as Context["xcom"] },
  };
  return context as Context;
}

test("a driver whose timeout is over is ended by the master", async () => {
  const master = aMaster();
  const ends = submitToCluster(
    { ...JOB, timeout: "50ms" },
    SERVER,
    aContext(master.fetch, new AbortController().signal),
  );
  await expect(ends).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(master.killed).toEqual(["driver-1"]);
});

test("a try that has to end while the master takes its submission leaves no driver behind", async () => {
  const stop = new AbortController();
  const taken = Promise.withResolvers<void>();
  const master = aMaster(async () => {
    stop.abort(new Error("stopped by a person"));
    await taken.promise;
  });
  const ends = submitToCluster(JOB, SERVER, aContext(master.fetch, stop.signal));
  setImmediate(taken.resolve);
  await expect(ends).rejects.toThrow("stopped by a person");
  expect(master.killed).toEqual(["driver-1"]);
});
