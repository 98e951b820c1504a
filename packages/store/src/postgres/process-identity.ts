import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Names one process for ever. A pid alone does not: it is given to another process after its end,
 * and each container counts its own.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the unit of the system (ticks since boot, or a date). Compared, never computed with. */
  readonly started: string;
  /** The boot and the pid namespace in which `pid` means something. */
  readonly space: string;
}

/** `elsewhere`: the identity is of another boot, container or machine, so its pid says nothing here. */
export type ProcessState = "alive" | "gone" | "elsewhere";

/** The identity of the live process `pid`; `undefined` when there is none (a zombie counts as none). */
export async function findProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await startOf(pid);
  return started === undefined ? undefined : { pid, started, space: await processSpace() };
}

/** The identity of this process. */
export async function thisProcess(): Promise<ProcessIdentity> {
  const found = await findProcess(process.pid);
  return found ?? { pid: process.pid, started: "unknown", space: await processSpace() };
}

/** Whether the process that `identity` names still runs. */
export async function stateOfProcess(identity: ProcessIdentity): Promise<ProcessState> {
  if (identity.space !== (await processSpace())) return "elsewhere";
  return (await startOf(identity.pid)) === identity.started ? "alive" : "gone";
}

let knownSpace: Promise<string> | undefined;

function processSpace(): Promise<string> {
  knownSpace ??= (async () => {
    if (process.platform !== "linux") return hostname();
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
    const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
    return `${boot.trim()} ${namespace}`;
  })();
  return knownSpace;
}

async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8").catch(() => undefined);
    // The second field is the program's name and may hold blanks and brackets: count from its last bracket.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    const state = fields?.[0];
    return state === undefined || state === "Z" || state === "X" ? undefined : fields?.[19];
  }
  const listed = await run("ps", ["-o", "state=,lstart=", "-p", String(pid)]).catch(() => undefined);
  const line = listed?.stdout.trim() ?? "";
  return line === "" || line.startsWith("Z") ? undefined : line.replace(/^\S+\s+/, "");
}
