import { describe, expect, test } from "vitest";
import { ganttBar, ganttRange, ganttRows, ganttTicks, joinTimes } from "./gantt.model.ts";

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();

describe("the range of the chart", () => {
  test("it begins when something was first queued and ends a little after the last end", () => {
    const range = ganttRange(
      [
        { queuedAt: at(10), startedAt: at(12), endedAt: at(60) },
        { queuedAt: at(30), startedAt: at(31), endedAt: at(110) },
        {},
      ],
      500_000,
    );
    expect(range).toEqual({ from: 10_000, to: 111_000 });
  });

  test("what goes on reaches until now", () => {
    expect(ganttRange([{ queuedAt: at(10), startedAt: at(12) }], 110_000)).toEqual({ from: 10_000, to: 111_000 });
  });

  test("there is none while nothing has begun", () => expect(ganttRange([{}], 0)).toBeUndefined());
});

describe("bars", () => {
  const range = { from: 0, to: 100_000 };

  test("waiting comes before running", () => {
    expect(ganttBar({ queuedAt: at(10), startedAt: at(25), endedAt: at(75) }, range, 0)).toEqual({
      queuedFrom: 0.1,
      from: 0.25,
      to: 0.75,
    });
  });

  test("what is in the queue waits until now; what runs, runs until now", () => {
    expect(ganttBar({ queuedAt: at(10) }, range, 50_000)).toEqual({ queuedFrom: 0.1, from: 0.5, to: 0.5 });
    expect(ganttBar({ queuedAt: at(10), startedAt: at(20) }, range, 50_000)).toEqual({
      queuedFrom: 0.1,
      from: 0.2,
      to: 0.5,
    });
    expect(ganttBar({}, range, 50_000)).toBeUndefined();
  });

  test("a group reaches from the first start to the last end, and has no end while one of it goes on", () => {
    const one = { queuedAt: at(1), startedAt: at(5), endedAt: at(9) };
    const other = { queuedAt: at(2), startedAt: at(3), endedAt: at(7) };
    expect(joinTimes([one, other, {}])).toEqual({ queuedAt: at(1), startedAt: at(3), endedAt: at(9) });
    expect(joinTimes([one, { queuedAt: at(2), startedAt: at(3) }])).toEqual({ queuedAt: at(1), startedAt: at(3) });
    expect(joinTimes([])).toEqual({});
  });
});

test("ticks lie on round instants", () => {
  expect(ganttTicks({ from: 1_200, to: 61_000 }, 6)).toEqual([10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  expect(ganttTicks({ from: 0, to: 7 * 3_600_000 }, 8)).toHaveLength(8);
});

test("an opened mapped task has a line for each instance; one that is not mapped cannot be opened", () => {
  const cell = (taskId: string, total: number) => ({ taskId, total, state: "success" as const, tries: 1 });
  const cells = new Map([
    ["many", cell("many", 3)],
    ["one", cell("one", 1)],
  ]);
  const lines = [
    { kind: "group" as const, id: "g", label: "g", depth: 0, isOpen: true },
    { kind: "task" as const, id: "many", label: "many", depth: 1 },
    { kind: "task" as const, id: "one", label: "one", depth: 1 },
  ];
  const rows = ganttRows(lines, cells, new Set(["many", "one"]));
  expect(rows.map((row) => (row.kind === "instance" ? `${row.taskId}[${row.place}]` : row.id))).toEqual([
    "g",
    "many",
    "many[0]",
    "many[1]",
    "many[2]",
    "one",
  ]);
});
