import { execFile } from "node:child_process";
import { chown, readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { MillraceError } from "@millrace/core";
import type { DataFolder } from "./data-folder.ts";

const run = promisify(execFile);
const UNSHARE = ["--user", "--map-user=1000", "--map-group=1000"] as const;
/** Enough to find unshare; nothing of the caller's environment reaches the server. */
const PROGRAM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * As whom the PostgreSQL programs run. They refuse to run as root, so root (the usual user of a container) hands them
 * a namespace in which it is an ordinary user, or runs them as another user.
 */
export type RunAs =
  | { readonly kind: "self" }
  | { readonly kind: "namespace" }
  | { readonly kind: "user"; readonly uid: number; readonly gid: number };

/** A program with its arguments as `spawn` takes them. */
export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: { readonly env: Readonly<Record<string, string>>; readonly uid?: number; readonly gid?: number };
}

/**
 * Chooses as whom the programs run for a cluster: as its owner, or, before there is one, as the owner of the data folder. Data that belongs to a
 * user stays that user's.
 *
 * @throws MillraceError NO_DATABASE when this process is root and the machine offers no way to be less.
 */
export async function chooseRunAs(folder: Pick<DataFolder, "root" | "cluster">): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { kind: "self" };
  const owner = await stat(folder.cluster).catch(() => stat(folder.root));
  if (owner.uid !== 0) return { kind: "user", uid: owner.uid, gid: owner.gid };
  const namespace = await run("unshare", [...UNSHARE, "true"], { env: { PATH: PROGRAM_PATH } }).then(
    () => "works",
    (error: unknown) => (error instanceof Error ? error.message.trim() : String(error)),
  );
  if (namespace === "works") return { kind: "namespace" };
  const user = await findPostgresUser();
  if (user !== undefined) return { kind: "user", ...user };
  throw new MillraceError(
    "NO_DATABASE",
    `PostgreSQL does not run as root, and this machine offers no other way: user namespaces are not allowed (${namespace}) and there is no user "postgres". ` +
      "Run Millrace as an ordinary user, add the user, or name a server with a database URL.",
  );
}

/** The call of `program` as `runAs`. `env` is all that the program sees of the environment, beside PATH, locale and time zone. */
export function programCall(
  runAs: RunAs,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ProgramCall {
  const options = { env: { PATH: PROGRAM_PATH, LC_ALL: "C", TZ: "UTC", ...env } };
  switch (runAs.kind) {
    case "self":
      return { command: program, args, options };
    case "namespace":
      return { command: "unshare", args: [...UNSHARE, program, ...args], options };
    case "user":
      return { command: program, args, options: { ...options, uid: runAs.uid, gid: runAs.gid } };
    default:
      throw new Error(`unreachable: ${String(runAs satisfies never)}`);
  }
}

/** Gives a folder that this process made to the user of the programs. */
export async function giveTo(runAs: RunAs, folder: string): Promise<void> {
  if (runAs.kind === "user") await chown(folder, runAs.uid, runAs.gid);
}

async function findPostgresUser(): Promise<{ uid: number; gid: number } | undefined> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const fields = passwd
    .split("\n")
    .find((line) => line.startsWith("postgres:"))
    ?.split(":");
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
}
