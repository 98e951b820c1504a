import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildPackages } from "./build-packages.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
let tree: string;

beforeEach(() => {
  tree = mkdtempSync(path.join(tmpdir(), "millrace-build-"));
  for (const file of ["LICENSE", "tsconfig.base.json"]) cpSync(path.join(ROOT, file), path.join(tree, file));
  mkdirSync(path.join(tree, "node_modules/@millrace"), { recursive: true });
  for (const name of ["typescript", "@types"])
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(tree, "node_modules", name));
  aPackage(
    "zeta",
    {},
    { "src/index.ts": 'export { seven } from "./seven.ts";\n', "src/seven.ts": "export const seven = 7 as const;\n" },
  );
  aPackage(
    "alpha",
    { "@millrace/zeta": "0.1.0" },
    {
      "src/index.ts": 'import { seven } from "@millrace/zeta";\n\nexport const eight: 8 = seven === 7 ? 8 : 8;\n',
      "src/index.test.ts": "this is no TypeScript\n",
      "src/migrations/0001.sql": "select 1;\n",
      "bin/alpha.mjs": 'import { eight } from "@millrace/alpha";\nconsole.log(eight);\n',
    },
  );
});

afterEach(() => rmSync(tree, { recursive: true, force: true }));

test("a package is built after those it depends on, whatever their names", () => {
  expect(buildPackages(tree, path.join(tree, "out")).map(({ name }) => name)).toEqual([
    "@millrace/zeta",
    "@millrace/alpha",
  ]);
});

test("what is built runs as plain JavaScript below node_modules", () => {
  const home = path.join(tree, "home");
  buildPackages(tree, path.join(home, "node_modules/@millrace"));
  const bin = path.join(home, "node_modules/@millrace/alpha/bin/alpha.mjs");
  expect(execFileSync(process.execPath, [bin], { encoding: "utf8" })).toBe("8\n");
});

test("the package of the command brings the built interface, and is not built without it", () => {
  aPackage("millrace", {}, { "src/index.ts": "export const one = 1;\n" }, "millrace");
  expect(() => buildPackages(tree, path.join(tree, "out"))).toThrow("the interface is not built");
  mkdirSync(path.join(tree, "packages/ui/dist/static"), { recursive: true });
  writeFileSync(path.join(tree, "packages/ui/dist/index.html"), "<!doctype html>");
  writeFileSync(path.join(tree, "packages/ui/dist/static/a.js"), "");
  buildPackages(tree, path.join(tree, "out"));
  expect(existsSync(path.join(tree, "out/millrace/ui/index.html"))).toBe(true);
  expect(existsSync(path.join(tree, "out/millrace/ui/static/a.js"))).toBe(true);
});

test("files that the code reads are packed, tests are not, and package.json names what is there", () => {
  buildPackages(tree, path.join(tree, "out"));
  const folder = path.join(tree, "out/alpha");
  expect(existsSync(path.join(folder, "dist/migrations/0001.sql"))).toBe(true);
  expect(existsSync(path.join(folder, "dist/index.test.js"))).toBe(false);
  expect(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"))).toMatchObject({
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./package.json": "./package.json" },
    files: ["dist", "bin", "ui"],
  });
});

test("a type error stops the build and names the package", () => {
  write("packages/zeta/src/index.ts", 'export const seven: number = "seven";\n');
  expect(() => buildPackages(tree, path.join(tree, "out"))).toThrow(/@millrace\/zeta does not compile:[\s\S]*TS2322/);
});

function aPackage(
  name: string,
  dependencies: object,
  files: Readonly<Record<string, string>>,
  published = `@millrace/${name}`,
): void {
  const exports = { ".": "./src/index.ts", "./package.json": "./package.json" };
  write(`packages/${name}/package.json`, JSON.stringify({ name: published, type: "module", exports, dependencies }));
  for (const [file, text] of Object.entries(files)) write(`packages/${name}/${file}`, text);
  symlinkSync(path.join(tree, "packages", name), path.join(tree, "node_modules/@millrace", name));
}

function write(file: string, text: string): void {
  mkdirSync(path.join(tree, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(tree, file), text);
}
