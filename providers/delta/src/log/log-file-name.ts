/** The folder of the log below that of the table. */
export const LOG_FOLDER = "_delta_log";

/** A file of the log, as its name says. */
export type LogFile =
  | { readonly kind: "commit"; readonly version: number }
  | { readonly kind: "checkpoint"; readonly version: number; readonly part: number; readonly parts: number };

/** Names of commits and checkpoints begin with their version in this form, so that they sort by it. */
export function versionText(version: number): string {
  return String(version).padStart(20, "0");
}

/** The name of a commit, relative to the table. */
export function commitName(version: number): string {
  return `${LOG_FOLDER}/${versionText(version)}.json`;
}

/** What a file of the log is; undefined for checksums, compacted commits, temporary files and what else lies there. */
export function readLogFileName(name: string): LogFile | undefined {
  const [, digits, rest = ""] = /^(\d{20})\.(.+)$/.exec(name) ?? [];
  if (digits === undefined) return undefined;
  const version = Number(digits);
  if (rest === "json") return { kind: "commit", version };
  if (rest === "checkpoint.parquet") return { kind: "checkpoint", version, part: 1, parts: 1 };
  const [, part, parts] = /^checkpoint\.(\d{10})\.(\d{10})\.parquet$/.exec(rest) ?? [];
  if (part !== undefined) return { kind: "checkpoint", version, part: Number(part), parts: Number(parts) };
  // V2: the name has a UUID, and the content may be either.
  return /^checkpoint\.[0-9a-f-]{36}\.(json|parquet)$/i.test(rest)
    ? { kind: "checkpoint", version, part: 1, parts: 1 }
    : undefined;
}
