// DAGs of several shapes, each with 50 task instances a run, that begin at a pace any machine keeps up with: what the tables hold is then a matter of
// retention, not of how fast the machine happens to be at the moment.
import { asset, dag, defer, every, type DagDefinition } from "millrace";

const always = { schedule: every("1s"), start: "2025-01-01", catchup: false, maxActiveTasks: 64 } as const;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

const twice = (name: string, make: (dagId: string) => DagDefinition): readonly [DagDefinition, DagDefinition] => [
  make(`${name}_a`),
  make(`${name}_b`),
];

export const [chainA, chainB] = twice("chain", (dagId) =>
  dag(dagId, always, ({ task }) => {
    let last = task("t0", () => 0);
    for (let i = 1; i < 50; i += 1) last = task(`t${i}`, { input: { last } }, ({ last: before }) => before + 1);
  }),
);

export const [wideA, wideB] = twice("wide", (dagId) =>
  dag(dagId, always, ({ task, map }) => {
    const list = task("list", () => numbers(48));
    const each = map("each", { each: { n: list } }, ({ n }) => ({ n, text: "x".repeat(200) }));
    task("join", { input: { each } }, ({ each: all }) => all.length);
  }),
);

export const [noisyA, noisyB] = twice("noisy", (dagId) =>
  dag(dagId, { ...always, defaults: { retries: 1, retryDelay: "10ms" } }, ({ task }) => {
    for (let i = 0; i < 50; i += 1)
      task(`t${i}`, (_, { log, tryNumber }) => {
        for (let line = 0; line < 20; line += 1) log.info(`line ${line}`, { i, line });
        if (i % 10 === 0 && tryNumber === 1) throw new Error(`the first try fails: ${"y".repeat(500)}`);
      });
  }),
);

export const [waitingA, waitingB] = twice("waiting", (dagId) =>
  dag(dagId, always, ({ task, sensor }) => {
    for (let i = 0; i < 10; i += 1) {
      sensor(`look${i}`, { mode: "reschedule", every: "20ms", timeout: "1m" }, () =>
        Math.random() < 0.5 ? { found: i } : null,
      );
      task(`defer${i}`, (_, { resumed }) => void (resumed ?? defer({ for: "30ms", state: { i } })));
    }
    for (let i = 0; i < 30; i += 1) task(`plain${i}`, () => i);
  }),
);

const table = asset("file:///soak/table");
export const [pushingA, pushingB] = twice("pushing", (dagId) =>
  dag(dagId, always, ({ task }) => {
    for (let i = 0; i < 50; i += 1)
      task(`t${i}`, { outlets: i === 0 ? [table] : [] }, (_, { xcom }) => {
        xcom.push("small", i);
        xcom.push("long", "z".repeat(1_000));
        return i === 1 ? "large".repeat(4_000) : "";
      });
  }),
);

export const [choosingA, choosingB] = twice("choosing", (dagId) =>
  dag(dagId, always, ({ task, branch }) => {
    const route = branch("route", () => (Math.random() < 0.5 ? "left" : "right"));
    const tails = (["left", "right"] as const).flatMap((side) =>
      numbers(24).map((i) => task(`${side}${i}`, { after: [route.on(side)] }, () => i)),
    );
    task("meet", { after: tails, triggerRule: "none_failed" }, () => undefined);
  }),
);
