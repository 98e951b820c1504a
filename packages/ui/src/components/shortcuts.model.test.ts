import { expect, test } from "vitest";
import { keysOf, matchKeys, type KeyPress } from "./shortcuts.model.ts";

const SHORTCUTS = ["c", "g d", "g r", "?"];
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

test("one key is found at once, of several the last one finds it", () => {
  expect(matchKeys(SHORTCUTS, "", press("c"))).toEqual({ kind: "found", keys: "c" });
  expect(matchKeys(SHORTCUTS, "", press("g"))).toEqual({ kind: "begun", keys: "g" });
  expect(matchKeys(SHORTCUTS, "g", press("r"))).toEqual({ kind: "found", keys: "g r" });
});

test("a key that does not go on with what was begun begins anew", () => {
  expect(matchKeys(SHORTCUTS, "g", press("c"))).toEqual({ kind: "found", keys: "c" });
  expect(matchKeys(SHORTCUTS, "g", press("g"))).toEqual({ kind: "begun", keys: "g" });
  expect(matchKeys(SHORTCUTS, "g", press("x"))).toEqual({ kind: "none" });
});

test("keys with Ctrl, Alt or Meta belong to the browser", () => {
  for (const held of ["ctrlKey", "metaKey", "altKey"] as const)
    expect(matchKeys(SHORTCUTS, "", press("c", { [held]: true }))).toEqual({ kind: "none" });
});

test("keys are shown one by one", () => {
  expect(keysOf("g d")).toEqual(["g", "d"]);
});
