import { describe, expect, test } from "vitest";
import { gridRows, shownTasks, type GridTree } from "./grid-rows.model.ts";

// a → g.b → g.h.c → d, and a mapped e beside them in g, which comes after d.
const TREE: GridTree = {
  tasks: [
    { taskId: "a", label: "a", isMapped: false, upstream: [] },
    { taskId: "g.b", label: "g.b", group: "g", isMapped: false, upstream: [0] },
    { taskId: "g.h.c", label: "g.h.c", group: "g.h", isMapped: false, upstream: [1] },
    { taskId: "d", label: "d", isMapped: false, upstream: [2] },
    { taskId: "g.e", label: "g.e", group: "g", isMapped: true, upstream: [0] },
  ],
  groups: [
    { groupId: "g", isMapped: false },
    { groupId: "g.h", parent: "g", isMapped: false },
  ],
};
const lines = (closed: readonly string[], shown?: ReadonlySet<number>): readonly string[] =>
  gridRows(TREE, { closed: new Set(closed), ...(shown && { shown }) }).map(
    ({ depth, label, tasks }) => `${"  ".repeat(depth)}${label} ${tasks.join(",")}`,
  );

describe("lines of the grid", () => {
  test("a group stands where its first task does, with all that is beneath it", () => {
    expect(lines([])).toEqual(["a 0", "g 1,2,4", "  b 1", "  h 2", "    c 2", "  e 4", "d 3"]);
  });

  test("a folded group hides its tasks and counts them still", () => {
    expect(lines(["g"])).toEqual(["a 0", "g 1,2,4", "d 3"]);
    expect(lines(["g.h"])).toEqual(["a 0", "g 1,2,4", "  b 1", "  h 2", "  e 4", "d 3"]);
  });

  test("groups without a shown task are left out", () => {
    expect(lines([], new Set([0, 4]))).toEqual(["a 0", "g 4", "  e 4"]);
  });

  test("two thousand tasks in groups of groups are laid out in a moment", () => {
    const groups = Array.from({ length: 100 }, (_, index) => ({ groupId: `g${index}`, isMapped: false }));
    const tasks = Array.from({ length: 2_000 }, (_, index) => ({
      taskId: `t${index}`,
      label: `t${index}`,
      group: `g${index % 100}`,
      isMapped: false,
      upstream: index > 0 ? [index - 1] : [],
    }));
    const began = performance.now();
    expect(gridRows({ tasks, groups }, { closed: new Set() })).toHaveLength(2_100);
    expect(performance.now() - began).toBeLessThan(200);
  });
});

describe("tasks that fit", () => {
  const names = (filter: Parameters<typeof shownTasks>[1]): readonly string[] | undefined => {
    const shown = shownTasks(TREE, filter);
    return shown && [...shown].sort((a, b) => a - b).map((place) => TREE.tasks[place]?.taskId ?? "");
  };

  test("without a filter nothing is narrowed", () => expect(names({})).toBeUndefined());

  test("a task with what is above it, below it, or both", () => {
    expect(names({ around: "g.h.c", upstream: true })).toEqual(["a", "g.b", "g.h.c"]);
    expect(names({ around: "g.h.c", downstream: true })).toEqual(["g.h.c", "d"]);
    expect(names({ around: "g.b", upstream: true, downstream: true })).toEqual(["a", "g.b", "g.h.c", "d"]);
  });

  test("a group stands for all its tasks", () => {
    expect(names({ around: "g", downstream: true })).toEqual(["g.b", "g.h.c", "d", "g.e"]);
  });

  test("a part of the name, in any case", () => expect(names({ search: "G." })).toEqual(["g.b", "g.h.c", "g.e"]));
});
