import { dag } from "millrace";
import { expect, test } from "vitest";
import { crashAtEveryCommit, testDag, testTask } from "./index.ts";
import "./vitest.ts";

const chain = dag("chain", ({ task, map }) => {
  const list = task("list", () => ["a", "b"]);
  const done = map("work", { each: { one: list }, retries: 1 }, ({ one }, { log }) => {
    log.info("working", { one });
    return one.toUpperCase();
  });
  task("end", { input: { done } }, ({ done }) => done.join(""));
});

test("matchers hold for what is so", async () => {
  const run = await testDag(chain, { failures: { work: 1 } });
  expect(run).toSucceed();
  expect(run).not.toFail();
  expect(run).toHaveTaskState("work", "success");
  expect(run).toHaveResult("work", ["A", "B"]);
  expect(run).toHaveResult("work[1]", "B");
  expect(run).toHaveResult("end", expect.stringMatching("AB"));
  expect(run).toHaveTried("work", 2);
  expect(run).toHaveTried("end", 1);
  expect(run).toHaveRunInOrder(["list", "work", "end"]);
  expect(run).toHaveLogged("working");
  expect(run.task("work", 1)).toHaveLogged(/"one":"b"/);
  const failed = await testDag(chain, { failures: { work: [new Error("first"), new Error("disk full")] } });
  expect(failed).toFail("disk full");
  expect(failed).toHaveTaskState("end", "upstream_failed");
  expect(await testTask(chain, "list")).toSucceed();
  expect(await testTask(chain, "list", { bodies: { list: () => Promise.reject(new Error("gone")) } })).toFail(/gone/);
});

test("a matcher that does not hold says what is so instead", async () => {
  const run = await testDag(chain, { failures: { work: new Error("disk full") } });
  const said = (expectation: () => void): string => {
    try {
      expectation();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("it holds");
  };
  expect(said(() => expect(run).toSucceed())).toBe(
    [
      "expected the run of chain to succeed, but",
      `chain ${run.runId}: failed (end did not succeed), 300 s`,
      "  list: success",
      "  work[0]: failed after 2 tries, Error: disk full",
      "  work[1]: failed after 2 tries, Error: disk full",
      "  end: upstream_failed, an upstream task did not succeed (trigger rule all_success)",
    ].join("\n"),
  );
  expect(said(() => expect(run).toFail("full up"))).toMatch(/to fail because of 'full up', but/);
  expect(said(() => expect(run).toHaveTaskState("work", "success"))).toBe(
    "expected work to be success, but\nwork[0]: failed after 2 tries, Error: disk full\nwork[1]: failed after 2 tries, Error: disk full",
  );
  expect(said(() => expect(run).toHaveResult("list", ["a"]))).toMatch(/it has \[ 'a', 'b' \]/);
  expect(said(() => expect(run).toHaveTried("list", 2))).toMatch(/list: success \(1\)/);
  expect(said(() => expect(run).toHaveRunInOrder(["work", "list"]))).toMatch(/list was queued before work had ended/);
  expect(said(() => expect(run).toHaveRunInOrder(["work", "end"]))).toMatch(/work or end did not run/);
  expect(said(() => expect(run).toHaveLogged("nowhere"))).toMatch(/error millrace: .*disk full/);
  expect(said(() => expect(run).not.toFail())).toMatch(/^expected not the run of chain to fail, but/);
  expect(said(() => expect(run).toHaveTaskState("wrok", "success"))).toBe(
    "the DAG chain has no task wrok: did you mean work?",
  );
});

test("a DAG that survives every crash is run once for each side of each commit", async () => {
  const { undisturbed, runs } = await crashAtEveryCommit(chain);
  expect(undisturbed).toSucceed();
  expect(runs).toHaveLength(2 * undisturbed.commits);
  expect(runs.every(({ run }) => run.crashes === 1)).toBe(true);
  expect(runs.some(({ run }) => run.task("end").starts === 2)).toBe(true);
});

test("a DAG whose result depends on how often it ran does not survive, and it is said where", async () => {
  const counting = () => {
    let calls = 0;
    return { bodies: { end: () => (calls += 1) } };
  };
  await expect(crashAtEveryCommit(chain, counting)).rejects.toThrow(
    /chain does not survive every crash:\na crash before commit \d of \d: the result of end is 2, not 1/,
  );
});

test("what was written outside is checked after each crash", async () => {
  let written: string[] = [];
  const options = () => {
    written = [];
    return { bodies: { end: ({ done }: { done: string[] }) => void written.push(done.join("")) } };
  };
  await expect(crashAtEveryCommit(chain, options, () => expect(written).toEqual(["AB"]))).rejects.toThrow(
    /a crash before commit \d of \d: expected \[ 'AB', 'AB' \] to deeply equal \[ 'AB' \]/,
  );
});
