import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "millrace-bin-"));
  cpSync(path.join(ROOT, "packages/millrace/bin"), path.join(folder, "bin"), { recursive: true });
  mkdirSync(path.join(folder, "dist/cli"), { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(path.join(folder, "dist/cli/main.js"), 'console.log("started", process.argv[2]);');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(["20.19.0", "22.17.1", "18.0.0"])("Node %s is told what millrace needs", (version) => {
  const { status, stdout, stderr } = startAs(version);
  expect(stderr).toContain(`millrace needs Node.js 22.18 or newer; this is ${version}.`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test.each(["22.18.0", "24.0.0", "100.1.0"])("Node %s starts the command line with its arguments", (version) => {
  expect(startAs(version)).toMatchObject({ status: 0, stdout: "started version\n", stderr: "" });
});

test("a command line that cannot be loaded exits with 1 and says why", () => {
  const broken = path.join(folder, "broken");
  cpSync(path.join(folder, "bin"), path.join(broken, "bin"), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [path.join(broken, "bin/millrace.mjs")], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("main.js");
});

test("in a checkout it says how to use the Node that the checkout brings, and elsewhere where that is", () => {
  const checkout = path.join(realpathSync(folder), "checkout");
  const bin = path.join(checkout, "packages/millrace/bin");
  cpSync(path.join(folder, "bin"), bin, { recursive: true });
  mkdirSync(path.join(checkout, "packages/millrace/src/cli"), { recursive: true });
  writeFileSync(path.join(checkout, "packages/millrace/src/cli/main.ts"), "");
  const from = (cwd: string): string => startAs("20.19.0", { bin, cwd }).stderr;
  expect(from(checkout)).toContain("`npm run millrace -- <command>` runs it");
  expect(from(folder)).toContain(`put ${checkout}/node_modules/node/bin first on PATH`);
});

function startAs(
  version: string,
  at = { bin: path.join(folder, "bin"), cwd: folder },
): { status: number | null; stdout: string; stderr: string } {
  const pretend = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return spawnSync(process.execPath, ["--import", preload, path.join(at.bin, "millrace.mjs"), "version"], {
    cwd: at.cwd,
    encoding: "utf8",
  });
}
