import { expect, test } from "vitest";
import { lineSpans, plainText } from "./line-spans.model.ts";
import { parseLogRecord, type LogRecord } from "./log-record.model.ts";
import { LogSearch } from "./log-search.model.ts";
import { LogSelection } from "./log-selection.model.ts";
import { CHUNK_LINES, LogStore } from "./log-store.model.ts";
import { linesThatFill, scrollGeometry } from "./scroll-geometry.model.ts";

const aRecord = (text: string, more: Partial<LogRecord> = {}): LogRecord => ({
  atMs: 0,
  level: "info",
  source: "task",
  text,
  ...more,
});

const filled = (count: number, keptChars?: number): LogStore => {
  const store = new LogStore(keptChars);
  for (let line = 0; line < count; line += 1)
    store.append(aRecord(`line ${line}`, line % 10 === 0 ? { level: "error", source: "console" } : {}));
  return store;
};

test("a line that is cut off is shown as it is", () => {
  expect(parseLogRecord('{"ts":"2026-')).toMatchObject({ text: '{"ts":"2026-', level: "info" });
});

test("short fields stand behind the message and stacks below it", () => {
  const sent = {
    ts: "2026-01-01T00:00:00.250000+00:00",
    level: "warn",
    source: "task",
    msg: "page read",
    fields: { page: 3, error: { name: "Error", stack: "Error: no\n  at x" } },
  };
  expect(parseLogRecord(JSON.stringify(sent))).toEqual({
    atMs: Date.UTC(2026, 0, 1, 0, 0, 0, 250),
    level: "warn",
    source: "task",
    text: "page read page=3\nerror: Error: no\n  at x",
  });
});

test("a log of any length keeps no more text than it may, and names what must be read again", () => {
  const store = filled(50 * CHUNK_LINES, 40_000);
  expect(store.count).toBe(50 * CHUNK_LINES);
  expect(store.keptChars).toBeLessThan(60_000);
  expect(store.line(0)).toBeUndefined();
  expect(store.line(store.count - 1)?.text).toBe(`line ${store.count - 1}`);
  expect(store.use([5, 6, CHUNK_LINES])).toEqual([0, 1]);
  store.restore(
    0,
    Array.from({ length: CHUNK_LINES }, (_, line) => aRecord(`line ${line}`)),
  );
  expect(store.line(5)?.text).toBe("line 5");
});

test("what is in sight is dropped last", () => {
  const store = filled(3 * CHUNK_LINES, 30_000);
  store.use([1]);
  for (let line = 0; line < CHUNK_LINES; line += 1) store.append(aRecord("later later"));
  expect(store.line(1)?.text).toBe("line 1");
  expect(store.line(CHUNK_LINES + 1)).toBeUndefined();
});

test("a filter knows lines whose text was dropped, and grows with the log", () => {
  const store = filled(20 * CHUNK_LINES, 10_000);
  const errors = new LogSelection(store, { levels: ["error"] });
  expect(errors.count).toBe(2 * CHUNK_LINES);
  expect(errors.lineAt(3)).toBe(30);
  expect(errors.positionOf(31)).toBe(4);
  store.append(aRecord("late", { level: "error" }));
  expect(errors.count).toBe(2 * CHUNK_LINES + 1);
  expect(errors.lineAt(errors.count)).toBeUndefined();
  expect(new LogSelection(store, { sources: ["console"] }).count).toBe(2 * CHUNK_LINES);
  expect(new LogSelection(store, {}).lineAt(7)).toBe(7);
});

test("a search looks a part at a time, says where a text is missing, and finds whatever case", () => {
  const store = filled(3 * CHUNK_LINES);
  const search = new LogSearch("LINE 1500");
  expect(search.lookOn(store, CHUNK_LINES)).toBe("more");
  expect(search.hits.count).toBe(0);
  expect(search.lookOn(store, 2 * CHUNK_LINES)).toBe("done");
  expect(search.hits.at(0)).toBe(1_500);
  const dropped = filled(20 * CHUNK_LINES, 5_000);
  expect(new LogSearch("x").lookOn(dropped, 10)).toBe("missing");
});

test("terminal colours become names of colours, and never stay in the text", () => {
  const text = "\u001b[32mgreen\u001b[0m plain \u001b[1;38;5;196mred\u001b[0m";
  expect(plainText(text)).toBe("green plain red");
  expect(lineSpans(text, "")).toMatchObject([
    { text: "green", color: "ansi-green" },
    { text: " plain " },
    { text: "red", color: "rgb(255, 0, 0)", decorations: ["bold"] },
  ]);
  expect(lineSpans(text, "")[1].color).toBeUndefined();
});

test("a hit is marked across colours, and markup stays text", () => {
  const spans = lineSpans("\u001b[31m<b>on\u001b[0me</b>", "one");
  expect(spans.map(({ text, isHit }) => [text, isHit])).toEqual([
    ["<b>", false],
    ["on", true],
    ["e", true],
    ["</b>", false],
  ]);
});

test("a scroll bar of bounded length reaches the last of ten million lines", () => {
  const geometry = scrollGeometry(10_000_000, 400, 20);
  expect(geometry.isScaled).toBe(true);
  expect(geometry.height).toBeLessThan(9_000_000);
  expect((geometry.height - 400) / geometry.pixelsPerLine).toBeCloseTo(geometry.lastTop);
  expect(scrollGeometry(5, 400, 20)).toMatchObject({ lastTop: 0, isScaled: false, height: 400 });
});

test("wrapped lines at the end count by their heights", () => {
  expect(linesThatFill([20, 60, 40], 100)).toBe(2.5);
  expect(linesThatFill([20, 20], 100)).toBe(5);
});
