import { describe, expect, test } from "vitest";
import { judgeDagFiles, type DagFilesFacts } from "./checks/dag-files.ts";
import { judgeDagFolders, type DagFolderFacts } from "./checks/dag-folder.ts";
import { judgeLocks, type LockFacts } from "./checks/locks.ts";
import { judgePools } from "./checks/pools.ts";
import { judgePorts, type PortFacts } from "./checks/ports.ts";
import { judgeSchedulers, type SchedulerFacts, type SchedulerSeen } from "./checks/schedulers.ts";
import { judgeWorkers, type WorkerFacts } from "./checks/workers.ts";
import { textOf } from "./testing/text-of.ts";

describe("locks", () => {
  const facts: LockFacts = { exists: true, users: [], nowMs: 100_000 };
  const user = { pid: 7, role: "main", state: "alive", path: "/u/1.json" } as const;
  const lock = { pid: 9, state: "alive", path: "/gate.3", heldSinceMs: 99_000 } as const;
  test.each([
    [{}, /^ok: no lock, and nothing uses/],
    [{ users: [user, { ...user, pid: 8, role: "command" }], server: { pid: 5 } }, /^ok: .*by process 7 and 1 command$/],
    [{ lock, users: [user] }, /^ok/],
    [
      { lock: { ...lock, heldSinceMs: 1_000 } },
      /^warn: process 9 has been starting or stopping .* 99\.0 s → .*kill 9$/,
    ],
    [
      { lock: { ...lock, state: "gone" } },
      /^warn: a stale lock: process 9 died .*\(\/gate\.3\) → Nothing has to be removed/,
    ],
    [{ lock: { ...lock, state: "elsewhere" } }, /^warn: process 9 of another machine.* → Never share/],
    [{ users: [{ ...user, state: "gone" }] }, /^warn: a stale entry: a Millrace, process 7,.*\/u\/1\.json/],
    [
      { users: [{ ...user, state: "elsewhere" }], server: { pid: 5 } },
      /^warn: a Millrace, process 7 of another[^\n]*$/,
    ],
    [{ server: { pid: 5 } }, /^warn: the embedded server \(process 5\) runs, and nothing that lives uses it/],
  ] as const)("%j", (change, expected) => {
    expect(textOf(judgeLocks({ ...facts, ...change }))).toMatch(expected);
  });
});

test.each<[PortFacts, RegExp]>([
  [{ kind: "none" }, /^ok/],
  [{ kind: "embedded", socket: "/s", dialled: { ms: 1 }, server: 5 }, /^ok: .*answers at \/s$/],
  [{ kind: "embedded", socket: "/s", dialled: { code: "ENOENT" } }, /^ok: .*does not run/],
  [{ kind: "embedded", socket: "/s", dialled: { code: "EACCES" }, server: 5 }, /^bad: .*\(process 5\) runs/],
  [{ kind: "server", place: "db:5432", dialled: { ms: 3 } }, /^ok: db:5432 answers within 3\.00 ms/],
  [{ kind: "server", place: "db:5432", dialled: { ms: 500 } }, /^warn/],
  [
    { kind: "server", place: "db:1", dialled: { code: "ECONNREFUSED" } },
    /^bad: db:1 .*\(ECONNREFUSED\) → Nothing listens/,
  ],
  [
    { kind: "server", place: "db:1", dialled: { code: "ETIMEDOUT" } },
    /^bad: .* → Look at the network and its firewalls/,
  ],
])("ports: %j", (facts, expected) => {
  expect(textOf(judgePorts(facts))).toMatch(expected);
});

describe("DAG folders", () => {
  const folder: DagFolderFacts["folders"][number] = { path: "dags", exists: true, dagFiles: 3, misnamed: [] };
  test.each([
    [{}, "ok: 3 DAG files in dags"],
    [{ exists: false, dagFiles: 0 }, "bad: there is no folder dags → Make it"],
    [{ dagFiles: 0 }, "warn: there is no file *.dag.ts"],
    [
      { misnamed: ["dags/orders.ts"] },
      "warn: dags/orders.ts exports a DAG, and is not read: its name does not end with .dag.ts → Rename it to dags/orders.dag.ts",
    ],
    [{ misnamed: ["dags/orders.dag.js"] }, "→ Rename it to dags/orders.dag.ts"],
  ])("%j", (change, expected) => {
    expect(textOf(judgeDagFolders({ folders: [{ ...folder, ...change }] }))).toContain(expected);
  });
});

describe("DAG files", () => {
  const facts: DagFilesFacts = { files: 2, dags: 3, ms: 40, errors: [], slow: [] };
  const error = { file: "dags/a.dag.ts", line: 3, message: 'Expected ";"\n  > 3 | x' };
  test.each([
    [{}, /^ok: 3 DAGs in 2 files loaded in 40 ms$/],
    [
      { errors: [error] },
      /^bad: dags\/a\.dag\.ts:3 does not load: Expected ";" → Correct it; until then the last version/,
    ],
    [{ slow: ["dags/b.dag.ts"] }, /^warn: dags\/b\.dag\.ts takes long to load → Move/],
    [{ errors: Array.from({ length: 7 }, () => error) }, /^(bad[^\n]*2 more than here\.\n?){5}$/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeDagFiles({ ...facts, ...change }))).toMatch(expected);
  });
});

describe("schedulers", () => {
  const one: SchedulerSeen = {
    schedulerId: 4,
    host: "h",
    pid: 9,
    pidStartedAt: "x",
    ended: false,
    silentMs: 900,
    dags: 2,
    processLives: true,
  };
  const facts: SchedulerFacts = { schedulers: [one], runs: 0, commands: 0, oldestCommandMs: 0 };
  const dead = { ...one, schedulerId: 3, processLives: false, silentMs: 20_000 };
  test.each([
    [{}, /^ok: 1 scheduler: 4 \(process 9 on h, heard of 900 ms ago, 2 DAGs\)$/],
    [{ schedulers: [] }, /^ok: no scheduler runs$/],
    [
      { schedulers: [], runs: 2 },
      /^warn: no scheduler runs, and 2 unfinished runs wait → Start one with `millrace start`/,
    ],
    [{ schedulers: [{ ...one, silentMs: 9_000 }] }, /^warn: scheduler 4 .* has been silent for 9\.0 s/],
    [
      { schedulers: [dead] },
      /^warn: scheduler 3 .* died, silent for 20\.0 s; it still owns 2 DAGs → `millrace start` takes/,
    ],
    [{ schedulers: [{ ...one, silentMs: 20_000 }] }, /^warn: .*hangs or was stopped/],
    [{ schedulers: [one, dead] }, /^warn: .* → Another scheduler takes them over/],
    [{ schedulers: [one, { ...dead, silentMs: 90_000 }] }, /^bad: .* should have taken them over/],
    [{ schedulers: [one, { ...one, schedulerId: 3, ended: true, silentMs: 90_000 }] }, /^bad: scheduler 3/],
    [{ commands: 3, oldestCommandMs: 45_000 }, /^bad: 3 commands have not been answered, the oldest for 45\.0 s/],
    [{ commands: 3, oldestCommandMs: 1_000 }, /^ok/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeSchedulers({ ...facts, ...change }))).toMatch(expected);
  });
});

describe("workers", () => {
  const MB = 1_048_576;
  const worker = { pid: 5, parentLives: true, memoryBytes: 200 * MB };
  const facts: WorkerFacts = {
    processes: [worker],
    work: { running: 3, queued: 2, queuedMs: 90_000 },
    hasScheduler: true,
    memoryMb: 1_024,
  };
  test.each([
    [{}, /^ok: 1 worker process on this machine with 210 MB; 3 tasks running, 2 queued$/],
    [{ processes: [] }, /^ok: 0 worker processes on this machine; /],
    [{ processes: [{ ...worker, parentLives: false }] }, /^warn: worker processes have outlived their scheduler: 5 →/],
    [{ processes: [{ ...worker, memoryBytes: 1_000 * MB }] }, /^warn: worker process 5 holds 1\.0 GB/],
    [
      { work: { running: 0, queued: 2, queuedMs: 90_000 } },
      /^warn: 2 tasks queued, the oldest for 90\.0 s, and none runs/,
    ],
    [{ work: { running: 0, queued: 2, queuedMs: 900 } }, /^ok/],
    [{ work: { running: 0, queued: 2, queuedMs: 90_000 }, hasScheduler: false }, /^ok/],
  ])("%j", (change, expected) => {
    expect(textOf(judgeWorkers({ ...facts, ...change }))).toMatch(expected);
  });
});

describe("pools", () => {
  const pool = { pool: "heavy", needs: 2, dagIds: ["orders"], waiting: 0 };
  test.each([
    [[], /^ok/],
    [
      [pool],
      /^warn: tasks of orders want 2 slots of the pool "heavy", which does not exist; 0 wait now → .*`millrace pools set heavy 2`/,
    ],
    [[{ ...pool, slots: 1, waiting: 1 }], /^bad: .*which has 1 slot; 1 waits now/],
    [[{ ...pool, dagIds: ["a", "b", "c", "d", "e"] }], /^warn: tasks of a, b, c and 2 more DAGs want/],
  ])("%j", (pools, expected) => {
    expect(textOf(judgePools(pools))).toMatch(expected);
  });
});
