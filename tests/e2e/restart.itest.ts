import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { cliProject } from "../harness/cli-project.ts";

/** A chain whose middle waits until the file is there. */
const DAG = `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dag } from "millrace";
const folder = import.meta.dirname + "/..";
export const chain = dag("chain", ({ task }) => {
  const one = task("one", () => { appendFileSync(folder + "/one.txt", "x"); return 1; });
  const two = task("two", { input: { one } }, async ({ one }, { log, signal }) => {
    log.info("two begins");
    appendFileSync(folder + "/two.txt", "x");
    while (!existsSync(folder + "/go")) await sleep(20, undefined, { signal });
    return one + 1;
  });
  task("three", { input: { two } }, ({ two }, { log }) => log.info("it is " + (two + 1)));
});
`;

// R4. What was decided but not done when the process died is found again from the rows.
test("R4: a Millrace killed with -9 in the middle of a run goes on with it at the next start, and repeats nothing that had ended", async () => {
  await using project = await cliProject({ "millrace.json": "{}", "dags/chain.dag.ts": DAG });
  const first = await project.start();
  await project.run("dags", "trigger", "chain", "-r", "the-run");
  await expect.poll(() => readIfThere(project.folder, "two.txt"), { timeout: 20_000 }).toBe("x");
  await expect.poll(async () => (await project.run("tasks", "logs", "chain", "two")).out).toContain("two begins");
  const killed = await first.stop("SIGKILL");
  expect(killed.code).toBe(null);

  const second = await project.start();
  await second.until(/▶ chain the-run goes on/);
  await project.write("go", "");
  await second.until(/✓ chain the-run success/);
  expect((await project.run("tasks", "logs", "chain", "three", "the-run")).out).toContain("it is 3");
  const lost = await project.run("tasks", "logs", "chain", "two", "the-run", "--try", "1");
  expect(lost.out).toContain("two begins");
  expect(lost.err).toContain("the scheduler that ran it ended");
  expect(await readIfThere(project.folder, "one.txt")).toBe("x");
  const states = JSON.parse(
    (await project.run("tasks", "states-for-dag-run", "chain", "the-run", "--json")).out,
  ) as unknown;
  expect(states).toMatchObject([
    { task_id: "one", state: "success", try_number: 1 },
    { task_id: "two", state: "success", try_number: 2 },
    { task_id: "three", state: "success", try_number: 1 },
  ]);
});

test("while nothing runs after a kill, commands still work on the rows that it left", async () => {
  await using project = await cliProject({ "millrace.json": "{}", "dags/chain.dag.ts": DAG });
  const first = await project.start();
  await project.run("dags", "trigger", "chain", "-r", "the-run");
  await expect.poll(() => readIfThere(project.folder, "two.txt"), { timeout: 20_000 }).toBe("x");
  await first.stop("SIGKILL");
  expect(JSON.parse((await project.run("dags", "list-runs", "chain", "--json")).out)).toMatchObject([
    { run_id: "the-run", state: "running" },
  ]);
  expect((await project.run("dags", "pause", "chain")).code).toBe(0);
  expect(JSON.parse((await project.run("dags", "list", "--json")).out)).toMatchObject([
    { dag_id: "chain", is_paused: true },
  ]);
});

async function readIfThere(folder: string, file: string): Promise<string> {
  return await readFile(`${folder}/${file}`, "utf8").catch(() => "");
}
