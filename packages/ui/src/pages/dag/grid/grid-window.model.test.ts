import { describe, expect, test } from "vitest";
import type { GridRow } from "../../../components/task-tree/grid-rows.model.ts";
import { GRID_SIZES, gridWindow, movedPlace, neededParts, placeAt, scrollFor } from "./grid-window.model.ts";

const rowsOf = (count: number): readonly GridRow[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: "task",
    id: `t${index}`,
    label: `t${index}`,
    depth: 0,
    isMapped: false,
    tasks: [index],
  }));
const BOX = { width: 1_000, height: 720 };
const COUNTS = { rows: 2_000, runs: 100 };

describe("the window of the grid", () => {
  test("what is in sight is drawn with a margin, and no more", () => {
    const { rows, columns } = gridWindow({ ...BOX, top: 0, fromEnd: 0 }, COUNTS);
    expect(rows).toEqual({ from: 0, to: 40 });
    expect(columns).toEqual({ from: 0, to: 72 });
    const middle = gridWindow({ ...BOX, top: 1_000 * GRID_SIZES.row, fromEnd: 0 }, COUNTS);
    expect(middle.rows.from).toBeGreaterThanOrEqual(1_000 - 16);
    expect(middle.rows.from).toBeLessThan(1_000);
    expect(middle.rows.to).toBeGreaterThanOrEqual(1_030);
    expect(middle.rows.to).toBeLessThanOrEqual(1_048);
  });

  test("it ends where the grid does", () => {
    const { rows, columns } = gridWindow({ ...BOX, top: 0, fromEnd: 0 }, { rows: 3, runs: 2 });
    expect([rows, columns]).toEqual([
      { from: 0, to: 3 },
      { from: 0, to: 2 },
    ]);
  });

  test("a few pixels of scrolling do not change it", () => {
    const at = (top: number) => gridWindow({ ...BOX, top, fromEnd: 0 }, COUNTS);
    expect(at(24 * 80 + 3)).toEqual(at(24 * 80 + 80));
  });
});

describe("parts that are read", () => {
  test("only those of the pages and tasks that are drawn", () => {
    const window = { rows: { from: 190, to: 230 }, columns: { from: 20, to: 60 } };
    expect(neededParts(window, rowsOf(2_000), [25, 25, 25, 25])).toEqual([
      { page: 0, part: 0 },
      { page: 0, part: 1 },
      { page: 1, part: 0 },
      { page: 1, part: 1 },
      { page: 2, part: 0 },
      { page: 2, part: 1 },
    ]);
  });

  test("a folded group needs the parts of all its tasks", () => {
    const group: GridRow = {
      kind: "group",
      id: "g",
      label: "g",
      depth: 0,
      isMapped: false,
      isOpen: false,
      tasks: [5, 450],
    };
    const window = { rows: { from: 0, to: 1 }, columns: { from: 0, to: 10 } };
    expect(neededParts(window, [group], [25])).toEqual([
      { page: 0, part: 0 },
      { page: 0, part: 2 },
    ]);
  });

  test("the first page is read together with its runs, not after them", () => {
    const window = { rows: { from: 0, to: 10 }, columns: { from: 0, to: 0 } };
    expect(neededParts(window, rowsOf(10), [])).toEqual([{ page: 0, part: 0 }]);
  });
});

test("the place under the pointer: a square, a run above, a task beside, or nothing", () => {
  const at = { ...BOX, top: 240, fromEnd: 100 };
  const counts = { rows: 2_000, runs: 100 };
  expect(placeAt({ top: 92, fromEnd: 0 }, at, counts)).toEqual({ row: 10, column: 5 });
  expect(placeAt({ top: 50, fromEnd: 30 }, at, counts)).toEqual({ row: -1, column: 6 });
  expect(placeAt({ top: 92 + 25, fromEnd: 1_010 }, at, counts)).toEqual({ row: 11, column: undefined });
  expect(placeAt({ top: 50, fromEnd: 1_010 }, at, counts)).toBeUndefined();
  expect(placeAt({ top: 92, fromEnd: 0 }, at, { rows: 5, runs: 100 })).toBeUndefined();
  expect(placeAt({ top: 92, fromEnd: 900 }, at, { rows: 2_000, runs: 20 })).toBeUndefined();
});

describe("keys", () => {
  test("arrows move by one; right is toward newer runs; above the first task are the runs themselves", () => {
    expect(movedPlace({ row: 3, column: 3 }, "ArrowLeft", COUNTS)).toEqual({ row: 3, column: 4 });
    expect(movedPlace({ row: 3, column: 0 }, "ArrowRight", COUNTS)).toEqual({ row: 3, column: 0 });
    expect(movedPlace({ row: 0, column: 3 }, "ArrowUp", COUNTS)).toEqual({ row: -1, column: 3 });
    expect(movedPlace({ row: 1_999, column: 3 }, "ArrowDown", COUNTS)).toEqual({ row: 1_999, column: 3 });
  });

  test("they begin at the newest run, and letters mean nothing", () => {
    expect(movedPlace(undefined, "ArrowLeft", COUNTS)).toEqual({ row: -1, column: 0 });
    expect(movedPlace(undefined, "ArrowDown", COUNTS)).toEqual({ row: 0, column: 0 });
    expect(movedPlace({ row: 1, column: 1 }, "x", COUNTS)).toBeUndefined();
    expect(movedPlace(undefined, "ArrowDown", { rows: 4, runs: 0 })).toBeUndefined();
  });

  test("a chosen place out of sight is scrolled to, by as little as is needed", () => {
    const at = { ...BOX, top: 0, fromEnd: 0 };
    expect(scrollFor({ row: 5, column: 5 }, at)).toEqual({ top: 0, fromEnd: 0 });
    expect(scrollFor({ row: 30, column: 60 }, at)).toEqual({ top: 31 * 24 - 720, fromEnd: 61 * 20 - 1_000 });
    expect(scrollFor({ row: 2, column: 2 }, { ...at, top: 500, fromEnd: 400 })).toEqual({ top: 48, fromEnd: 40 });
  });
});
