// Production names a server of its own, PostgreSQL 14 or newer. Debian's is 15: what the store promises of commits holds there as on the embedded one.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openPool } from "@millrace/store";
import { expect, test } from "vitest";
import { startPostgres15 } from "../faults/support-debian-servers.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

test("the store's own tests of commits, claims and migrations pass on PostgreSQL 15", async () => {
  await using server = await startPostgres15();
  const files = [
    "packages/store/src/queries/commit",
    "packages/store/src/queries/claims",
    "packages/store/src/migrations",
  ];
  const { output, report } = await runTests(files, { ...process.env, MILLRACE_TEST_SERVER: server.url });
  expect(report, output).toMatchObject({ numFailedTests: 0, numPendingTests: 0 });
  expect(report?.numPassedTests).toBeGreaterThan(40);
  // They did run there: their template is on this server.
  await using pool = await openPool({ url: server.url, max: 2 });
  expect(Math.floor(pool.serverVersion / 10_000)).toBe(15);
  expect((await pool.query("select from pg_database where datname like 'template\\_%'")).rowCount).toBeGreaterThan(0);
});

async function runTests(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly output: string; readonly report: Report | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-pg15-report-"));
  const file = join(folder, "report.json");
  const args = [
    VITEST,
    "run",
    "--project=integration",
    "--reporter=dot",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  try {
    const output = await new Promise<string>((fulfil) => {
      execFile(process.execPath, [...args, ...files], { cwd: ROOT, env }, (_error, stdout, stderr) =>
        fulfil(`${stdout}\n${stderr}`),
      );
    });
    const text = await readFile(file, "utf8").catch(() => undefined);
    return { output, report: text === undefined ? undefined : (JSON.parse(text) as Report) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
