import { join } from "node:path";
import { defineConfig } from "vitest/config";

const EVERYWHERE = ["packages", "providers", "pipelines", "examples", "scripts", "bench"];
const anywhere = (ending: string): string[] => EVERYWHERE.map((folder) => `${folder}/**/*.${ending}`);
const never = ["**/node_modules/**", "**/dist/**", "**/.millrace/**"];

// Where a machine is shared, a test with real processes and time limits can lose a race that is none of ours. CI tries such a test once more and names
// it at its end (scripts/ci-summary.ts); elsewhere the first failure stands.
const attempts = process.env["CI"] === undefined ? {} : { retry: 1 };

// Every test project is a new folder: without a cache that all share, its workers and loaders would compile the same modules again, seconds for each.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, ".cache", "compiled");

// unit: pure and fast. integration: the real embedded PostgreSQL. services: servers that npm cannot bring.
// browser: the interface in Chromium. faults: processes killed. soak: minutes of work, for what grows. `npm test` runs the first two and needs nothing but npm.
export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    // Each file would load the same thousand modules again: more than half of all time. Files therefore share processes, and clean up after themselves.
    isolate: false,
    // A fact that is waited for may take a process's start or two, and a busy machine its time; the default is a second.
    expect: { poll: { timeout: 20_000 } },
    // One embedded server for all test files; started by the first that needs it.
    globalSetup: ["./packages/store/src/testing/global-setup.ts"],
    projects: [
      {
        extends: true,
        test: { name: "unit", include: anywhere("test.ts"), exclude: never, testTimeout: 10_000, ...attempts },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: [...anywhere("itest.ts"), "tests/e2e/**/*.itest.ts", "docs/**/*.itest.ts"],
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          ...attempts,
        },
      },
      {
        extends: true,
        test: {
          name: "services",
          include: [...anywhere("stest.ts"), "tests/**/*.stest.ts"],
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          ...attempts,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["tests/browser/**/*.btest.ts"],
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          ...attempts,
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts", "tests/faults/**/*.itest.ts"],
          exclude: never,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          ...attempts,
        },
      },
      {
        extends: true,
        test: {
          name: "soak",
          include: ["tests/soak/**/*.test.ts", "tests/soak/**/*.itest.ts"],
          exclude: never,
          fileParallelism: false,
        },
      },
    ],
    coverage: { provider: "v8", include: ["packages/*/src/**/*.ts", "providers/*/src/**/*.ts"] },
  },
});
