import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAtLeast, whyStale } from "./bootstrap.mjs";

const BOOTSTRAP = path.join(import.meta.dirname, "bootstrap.mjs");
const LINUX = { os: "linux", cpu: "x64", libc: "glibc" };
const wanted = {
  packages: {
    "": {},
    "packages/core": { version: "0.1.0" },
    "node_modules/@millrace/core": { link: true },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b-linux": { version: "1.0.0", optional: true, os: ["linux"], cpu: ["x64"] },
    "node_modules/b-darwin": { version: "1.0.0", optional: true, os: ["darwin"] },
    "node_modules/b-musl": { version: "1.0.0", optional: true, os: ["linux"], libc: ["musl"] },
    "node_modules/wasm": { version: "1.0.0", optional: true },
  },
};
const installed = {
  "node_modules/@millrace/core": { link: true },
  "node_modules/a": { version: "1.0.0" },
  "node_modules/b-linux": { version: "1.0.0" },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "millrace-bootstrap-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["20.19.0", true],
  ["20.18.9", false],
  ["24.0.0", true],
  ["18.20.4", false],
])("Node %s may bootstrap: %s", (version, expected) => {
  expect(isAtLeast(version, [20, 19])).toBe(expected);
});

describe("node_modules", () => {
  test("is fresh without the packages of other platforms", () => {
    expect(whyStale(wanted, { packages: installed }, LINUX)).toBeUndefined();
  });

  test("is stale when a package is missing", () => {
    const { "node_modules/a": _, ...rest } = installed;
    expect(whyStale(wanted, { packages: rest }, LINUX)).toBe("node_modules/a is missing");
  });

  test("is stale when an optional package of this platform is missing", () => {
    expect(whyStale(wanted, { packages: installed }, { ...LINUX, os: "darwin" })).toBe(
      "node_modules/b-darwin is missing",
    );
  });

  test("is stale when a version differs", () => {
    const other = { ...installed, "node_modules/a": { version: "0.9.0" } };
    expect(whyStale(wanted, { packages: other }, LINUX)).toBe("node_modules/a is 0.9.0, package-lock.json names 1.0.0");
  });
});

describe("the wanted file", () => {
  test("runs with arguments and keeps its exit code", () => {
    const file = script("exits.mjs", "console.log(process.argv[2]); process.exit(7);");
    const { status, stdout } = spawnSync(process.execPath, [BOOTSTRAP, file, "--flag"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 7, stdout: "--flag\n" });
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("gets %s once", async (signal) => {
    const text = `let n = 0; setInterval(() => {}, 1000); process.on("${signal}", () => {
      n += 1;
      setImmediate(() => setImmediate(() => process.exit(40 + n)));
    }); console.log("up");`;
    const child = spawn(process.execPath, [BOOTSTRAP, script(`${signal}.mjs`, text)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([41, null]);
  });

  test("that dies of a signal makes the bootstrap die of it", async () => {
    const file = script("dies.mjs", 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    const child = spawn(process.execPath, [BOOTSTRAP, file], { stdio: "ignore" });
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
  });
});

function script(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
