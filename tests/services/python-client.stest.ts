// Airflow's official Python client is a judge from outside: it rejects what does not fit the contract's types and enums.
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { COMPAT_DAGS } from "../compat/python-client/dags.ts";
import { cliProject } from "../harness/cli-project.ts";
import { pythonPrograms } from "../harness/python-environment.ts";

const SCRIPT = resolve(import.meta.dirname, "../compat/python-client/exercise_client.py");
const PASSWORD = "a password of the test";

interface Line {
  readonly call?: string;
  readonly ok?: boolean;
  readonly error?: string;
  readonly uncovered?: readonly string[];
}

test("apache-airflow-client 2.10.0 uses every method of every API class, and rejects nothing", async () => {
  const python = join(await pythonPrograms(), "python");
  await using project = await cliProject(COMPAT_DAGS, {
    MILLRACE__SERVER__ENABLED: "true",
    MILLRACE__SERVER__PORT: "0",
    MILLRACE__SERVER__EXPOSE_CONFIG: "true",
    MILLRACE__AUTH__ADMIN_USERNAME: "admin",
    MILLRACE__AUTH__ADMIN_PASSWORD: PASSWORD,
  });
  const started = await project.start();
  const [, url = ""] = await started.until(/server {4}(http:\S+)/);
  const output = await new Promise<string>((fulfil) => {
    execFile(python, [SCRIPT, url, "admin", PASSWORD], { timeout: 110_000 }, (error, stdout, stderr) =>
      fulfil(
        error
          ? `${stdout}\n${JSON.stringify({ call: "the script", ok: false, error: stderr || error.message })}`
          : stdout,
      ),
    );
  });
  const lines = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
  expect(lines.filter(({ ok }) => ok === false).map(({ call, error }) => `${call}: ${error}`)).toEqual([]);
  expect(lines.at(-1)?.uncovered).toEqual([]);
  expect(lines.filter(({ ok }) => ok === true).length).toBeGreaterThan(100);
});
