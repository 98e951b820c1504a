import { formatInstant } from "../model/instant-text.ts";
import type { Micros } from "../model/instant.ts";
import { formatSpan } from "../model/span-text.ts";
import type { Holder } from "./blocker.ts";

const SECOND: Micros = 1_000_000;

/** What keeps something, in words a person acts on. */
export interface Said {
  /** A sentence. */
  readonly reason: string;
  /** What to do about it, or how it goes on by itself. */
  readonly advice?: string;
  /** When it goes on by itself, where that is known. */
  readonly until?: Micros;
}

/** Of what and when a sentence is said; commands in it name that. */
export interface Saying {
  readonly dagId: string;
  /** Default: the newest run. */
  readonly runKey?: string;
  /** Default: no task in particular. */
  readonly instance?: { readonly taskId: string; readonly mapIndex: number };
  readonly now: Micros;
}

/** The words that name a task instance to a command: `orders load manual__… -m 3`. */
export function nameInstance({ dagId, runKey = "latest", instance }: Saying): string {
  const { taskId, mapIndex } = instance ?? { taskId: "TASK", mapIndex: -1 };
  return [dagId, taskId, runKey, ...(mapIndex < 0 ? [] : ["-m", String(mapIndex)])].join(" ");
}

/** The command that runs a task of the run again. */
export function clearCommand({ dagId, runKey = "latest" }: Saying, taskId: string, more = ""): string {
  return `\`millrace tasks clear ${dagId} -t '^${escapeRegex(taskId)}$' --run ${runKey}${more}\``;
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** `at 2025-10-01T12:00:00+00:00 (in 4 m 10 s)`, to the second. */
export function sayFuture(at: Micros, { now }: Saying): string {
  const away = at > now ? `in ${formatSpan(Math.max(SECOND, at - now))}` : "due now";
  return `at ${sayInstant(at)} (${away})`;
}

/** `since 2025-10-01T12:00:00+00:00 (4 m 10 s)`. */
export function saySince(since: Micros, { now }: Saying): string {
  return `since ${sayInstant(since)} (${formatSpan(Math.max(0, now - since))})`;
}

/** An instant to the second: nobody acts on its microseconds. */
export function sayInstant(at: Micros): string {
  return formatInstant(Math.floor(at / SECOND) * SECOND);
}

/** `1 task`, `3 tasks`. */
export function sayCount(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function sayList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Who holds how much: `3 by load of etl (run manual__…)`. */
export function sayHolders(holders: readonly Holder[]): string {
  if (holders.length === 0) return "";
  const parts = holders.map(({ dagId, runKey, taskId, slots }) => `${slots} by ${taskId} of ${dagId} (run ${runKey})`);
  return `, ${sayList(parts)}`;
}

/** A message with a full stop. */
export function sentence(text: string): string {
  const line = text.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
