import { describe, expect, test } from "vitest";
import { judgeConfiguration, type ConfigurationFacts } from "./checks/configuration.ts";
import { judgeDataFolder, type DataFolderFacts } from "./checks/data-folder.ts";
import { judgeDisk, type DiskFacts } from "./checks/disk.ts";
import { judgeNode } from "./checks/node.ts";
import { judgeResources, type ResourceFacts } from "./checks/resources.ts";
import { judgeTimeZones, type TimeZoneFacts } from "./checks/time-zones.ts";
import { judgeTypeScript } from "./checks/typescript.ts";
import { fileSystemOf } from "./file-system-names.ts";
import { percentile, showMs } from "./percentile.ts";
import { textOf } from "./testing/text-of.ts";

test.each([
  ["24.9.0", /^ok/],
  ["22.18.0", /^ok/],
  ["22.17.9", /^bad: .*older than 22\.18 → Install Node 24/],
  ["20.19.0", /^bad/],
  ["25.1.0", /^warn: .*half a year → Use Node 26/],
])("Node %s", (node, expected) => {
  expect(textOf(judgeNode({ node, needs: ">=22.18", millrace: "1.2.3" }))).toMatch(expected);
});

describe("configuration", () => {
  const facts: ConfigurationFacts = { isProject: true, folder: "/p", hasFile: true, settings: [] };
  const setting = { name: "executor.workers", shown: "4", source: "millrace.json" };
  test.each([
    [{}, "ok: millrace.json can be read; all settings are the defaults"],
    [{ settings: [setting] }, "ok: millrace.json can be read; executor.workers = 4 (millrace.json)"],
    [{ isProject: false }, "warn: /p is no Millrace project, so only the machine is looked at → Call it in"],
    [{ trouble: { message: "no such setting", hint: "Did you mean x?" } }, "bad: no such setting → Did you mean x?"],
    [{ trouble: { message: "no such setting" } }, "bad: no such setting → Correct it"],
  ])("%j", (change, expected) => {
    expect(textOf(judgeConfiguration({ ...facts, ...change }))).toContain(expected);
  });
});

describe("resources", () => {
  const GIB = 1_073_741_824;
  const facts: ResourceFacts = {
    cores: 4,
    memoryBytes: 16 * GIB,
    availableBytes: 8 * GIB,
    openFiles: 65_536,
    workers: 2,
    memoryMb: 2_048,
    concurrency: 128,
  };
  test.each([
    [{}, /^ok: 4 cores, .*; 2 workers of at most 2\.1 GB heap, 128 tries at once; 65536 open files$/],
    [{ workers: 9 }, /^warn: 9 worker processes share 4 cores → Set executor\.workers to 4/],
    [{ memoryBytes: 3 * GIB }, /^warn: the heaps of 2 workers may grow to 4\.3 GB/],
    [{ availableBytes: GIB / 8 }, /^warn: .* 134 MB of it available/],
    [{ availableBytes: GIB / 32 }, /^bad: .* 33\.6 MB of it available → Free some/],
    [{ concurrency: 2_000 }, /^warn: 2000 tries share 2 workers: 1000 in one process/],
    [{ openFiles: 512 }, /^warn: a process may have 512 files open → .*ulimit/],
    [{ openFiles: 64 }, /^bad/],
    [{ openFiles: undefined }, /tries at once$/],
    [{ workers: 9, openFiles: 64, memoryMb: 64 }, /^warn: .*\nbad: /],
  ])("%j", (change, expected) => {
    expect(textOf(judgeResources({ ...facts, ...change }))).toMatch(expected);
  });
});

describe("time zones", () => {
  const facts: TimeZoneFacts = { release: "2025b", zones: 418, berlinHour: "02", hostZone: "UTC", year: 2025 };
  test.each([
    [{}, /^ok: 418 time zones, release 2025b/],
    [{ year: 2028 }, /^warn: .*3 years old → Use an official build/],
    [{ berlinHour: "01" }, /^bad/],
    [{ zones: 1 }, /^bad: this Node knows 1 time zone/],
    [{ release: undefined }, /^ok: .*release unknown/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeTimeZones({ ...facts, ...change }))).toMatch(expected);
  });
});

describe("data folder", () => {
  const facts: DataFolderFacts = {
    path: "/p/.millrace",
    exists: true,
    owner: 1_000,
    user: 1_000,
    fileSystem: { name: "ext4", kind: "local" },
  };
  test.each([
    [{}, /^ok: \/p\/\.millrace can be written, on ext4, owned by user 1000$/],
    [{ exists: false }, /^ok: .* is not there yet and can be made/],
    [{ user: 0 }, /^ok/],
    [{ user: 1_001 }, /^warn: .*belongs to user 1000, and this is user 1001 → .*chown -R 1001/],
    [{ trouble: { message: "EACCES" } }, /^bad: EACCES → Give the folder to user 1000/],
    [{ trouble: { message: "EACCES", hint: "Do this." } }, /^bad: EACCES → Do this\.$/],
    [{ fileSystem: { name: "NFS", kind: "network" } }, /^warn: .*\(NFS\).* → Name a local folder in core\.dataFolder/],
    [{ fileSystem: { name: "tmpfs", kind: "memory" } }, /^warn: .*gone after a restart/],
    [{ keyIsOpen: true }, /^warn: .*secret\.key.* → chmod 600 \/p\/\.millrace\/secret\.key$/],
    [{ keyIsOpen: false }, /^ok/],
  ] as const)("%j", (change, expected) => {
    expect(textOf(judgeDataFolder({ ...facts, ...change }))).toMatch(expected);
  });

  test("file systems are told by their numbers, also by those that statfs gives as negative ones", () => {
    expect(fileSystemOf(0x6969, "linux")).toEqual({ name: "NFS", kind: "network" });
    expect(fileSystemOf(0xff534d42 | 0, "linux")).toEqual({ name: "CIFS", kind: "network" });
    expect(fileSystemOf(0x01021994, "linux").kind).toBe("memory");
    expect(fileSystemOf(0xef53, "linux")).toEqual({ name: "ext4", kind: "local" });
    expect(fileSystemOf(0x6969, "darwin").kind).toBe("local");
  });
});

describe("disk", () => {
  const facts: DiskFacts = {
    freeBytes: 80e9,
    totalBytes: 200e9,
    freeInodes: 1e6,
    totalInodes: 2e6,
    folders: [
      { name: "logs", files: 2, bytes: 3_000_000 },
      { name: "blobs", files: 0, bytes: 0 },
    ],
  };
  test.each([
    [{}, /^ok: 80\.0 GB of 200 GB free; logs 3\.0 MB in 2 files; 1000000 of 2000000 inodes are free$/],
    [{ freeBytes: 1e9 }, /^warn: 1\.0 GB of 200 GB free; .* → Make room on that disk/],
    [{ freeBytes: 1e8 }, /^bad/],
    [{ freeInodes: 5_000 }, /^warn: 5000 of 2000000 inodes are free/],
    [{ freeInodes: 10 }, /^bad/],
    [{ freeInodes: 0, totalInodes: 0 }, /^ok: [^;]*; logs[^;]*$/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeDisk({ ...facts, ...change }))).toMatch(expected);
  });
});

test.each([
  [{ hasTsconfig: true, imported: "1.0.0" }, /^ok/],
  [{ hasTsconfig: false, imported: "1.0.0" }, /^warn: there is no tsconfig\.json/],
  [{ hasTsconfig: true, imported: "0.9.0" }, /^warn: .*0\.9\.0, and this is 1\.0\.0 → npm install millrace@1\.0\.0/],
  [{ hasTsconfig: true }, /^warn: .*not installed here.* → npm install --save-dev millrace$/],
])("types: %j", (facts, expected) => {
  expect(textOf(judgeTypeScript({ running: "1.0.0", ...facts }))).toMatch(expected);
});

test("percentiles are values that occurred", () => {
  expect(percentile([5, 1, 3, 2, 4], 50)).toBe(3);
  expect(percentile([5, 1, 3, 2, 4], 99)).toBe(5);
  expect(percentile([7], 50)).toBe(7);
  expect(percentile([], 50)).toBe(0);
  expect([0.123, 12.3, 1_400].map(showMs)).toEqual(["0.12 ms", "12 ms", "1.4 s"]);
});
