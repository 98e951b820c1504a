import { makeHandle, type Handle, type HandleSource } from "./handle.ts";
import type { Choice } from "./options.ts";

const GROUP = Symbol("millrace.group");
const CHOICE = Symbol("millrace.choice");

interface ChoiceSource {
  readonly branch: Handle<unknown>;
  readonly keys: readonly string[];
}

/** Makes a copy of what a group's builder returned that also stands for the group. */
export function markGroup(returned: unknown, group: number, builder: object): unknown {
  const mark = { [GROUP]: { group, builder } };
  if (typeof returned !== "object" || returned === null) return mark;
  return Array.isArray(returned) ? Object.assign([...(returned as unknown[])], mark) : { ...returned, ...mark };
}

/** Index of a group, `undefined` when the value is no group of this build. */
export function groupIndexOf(value: unknown, builder: object): number | undefined {
  if (typeof value !== "object" || value === null || !(GROUP in value)) return undefined;
  const mark = value[GROUP] as { readonly group: number; readonly builder: object };
  return mark.builder === builder ? mark.group : undefined;
}

/** Makes the handle of a branch. */
export function makeBranch(id: string, source: HandleSource): Handle<unknown> {
  const handle = makeHandle<unknown>(id, source);
  const on = (...keys: readonly string[]): Choice =>
    Object.freeze({ [CHOICE]: { branch: handle, keys } }) as unknown as Choice;
  return Object.assign(handle, { on });
}

/** The branch and its keys behind `route.on(…)`, `undefined` for anything else. */
export function choiceOf(value: unknown): ChoiceSource | undefined {
  return typeof value === "object" && value !== null && CHOICE in value ? (value[CHOICE] as ChoiceSource) : undefined;
}
