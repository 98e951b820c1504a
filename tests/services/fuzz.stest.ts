// Whatever is asked of the API: no 500, no hang, nothing of SQL, paths or stacks in an answer. schemathesis makes the requests from both documents.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { COMPAT_DAGS } from "../compat/python-client/dags.ts";
import { cliProject } from "../harness/cli-project.ts";
import { pythonPrograms } from "../harness/python-environment.ts";

const HOOKS = resolve(import.meta.dirname, "../compat/fuzz");
const PASSWORD = "a password of the test";
/** An answer that takes longer counts as a hang. */
const LONGEST_ANSWER_SECONDS = 10;

interface Event {
  readonly ScenarioFinished?: { readonly recorder?: { readonly interactions?: Readonly<Record<string, unknown>> } };
}

test.each([
  ["API v1", "/api/v1/openapi.json", 8],
  ["Millrace's own API", "/api/millrace/v1/openapi.json", 8],
])("%s survives what a fuzzer makes of its document", { timeout: 240_000 }, async (_, document, examples) => {
  const python = join(await pythonPrograms(), "python");
  await using project = await cliProject(COMPAT_DAGS, {
    MILLRACE__SERVER__ENABLED: "true",
    MILLRACE__SERVER__PORT: "0",
    MILLRACE__SERVER__REQUESTS_PER_MINUTE: "0",
    MILLRACE__AUTH__ADMIN_USERNAME: "admin",
    MILLRACE__AUTH__ADMIN_PASSWORD: PASSWORD,
  });
  const started = await project.start();
  const [, url = ""] = await started.until(/server {4}(http:\S+)/);
  const made = await project.run("tokens", "create", "--username", "admin", "--name", "fuzz");
  const [token = ""] = /mrt_\S+/.exec(made.out) ?? [];
  const report = join(project.folder, "fuzz.ndjson");
  const args = [
    ...["-m", "schemathesis.cli", "run", url + document],
    ...["--checks", "not_a_server_error,no_leaks", "--phases", "examples,coverage,fuzzing"],
    ...["--max-examples", String(examples), "--seed", "20261121", "--workers", "1", "--continue-on-failure"],
    // A token: wrong passwords, which it tries, too, make the next ones wait.
    ...["--header", `Authorization: Bearer ${token}`, "--request-timeout", String(LONGEST_ANSWER_SECONDS)],
    // Streams have no end, and the fuzzer must not end its own session or token.
    ...["--exclude-path-regex", "/(events|stream|session|tokens/)", "--suppress-health-check", "all", "--no-color"],
    ...["--report", "ndjson", "--report-ndjson-path", report],
  ];
  const { code, output } = await new Promise<{ readonly code: number; readonly output: string }>((fulfil) => {
    const env = { ...process.env, PYTHONPATH: HOOKS, SCHEMATHESIS_HOOKS: "no_leaks" };
    execFile(python, args, { cwd: project.folder, env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      fulfil({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
  const requests = (await readFile(report, "utf8"))
    .split("\n")
    .filter((line) => line.includes("ScenarioFinished"))
    .map((line) => JSON.parse(line) as Event)
    .reduce((sum, event) => sum + Object.keys(event.ScenarioFinished?.recorder?.interactions ?? {}).length, 0);
  console.log(`${document}: ${requests} requests`);
  expect(code, output.slice(-20_000)).toBe(0);
  expect(requests).toBeGreaterThan(500);
  // It is still there, and does its work.
  expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
});
