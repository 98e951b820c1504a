import { parseArgs } from "node:util";
import { MillraceError } from "@millrace/core";
import { FULL, QUICK, type Scale } from "./scale.ts";

/** How the bench is called. */
export const USAGE = `npm run bench -- [options]

  --quick                about a minute: smaller workloads, figures not comparable
  --only NAME,NAME       only these workloads
  --list                 names of all workloads
  --peers                measures graphile-worker, BullMQ and DBOS on this machine too
  --history N            finished task instances already in the database (default 10 000 000; 0 with --quick)
  --snapshot-seconds N   how long a snapshot is held open under load (default ${FULL.snapshotSeconds}; ${QUICK.snapshotSeconds} with --quick)
  --json FILE            writes the results there too; bench/write-page.ts makes the page of the reference from it
  --profile FOLDER       writes CPU profiles of scheduler and workers there, for bench/print-profile.ts; needs --only with one name
  --help                 this text
`;

/** What the command line asks for. */
export interface BenchArguments {
  readonly show?: "help" | "list";
  readonly isQuick: boolean;
  readonly scale: Scale;
  /** Names of workloads; absent: all. */
  readonly only?: readonly string[];
  readonly withPeers: boolean;
  readonly jsonFile?: string;
  readonly profileFolder?: string;
}

/**
 * Reads the command line.
 *
 * @param names the workloads that there are.
 * @throws MillraceError BAD_ARGUMENT naming what does not fit and what does.
 */
export function parseBenchArguments(args: readonly string[], names: readonly string[]): BenchArguments {
  const values = parse(args);
  const base = values.quick === true ? QUICK : FULL;
  const only = values.only?.split(",").filter((name) => name !== "");
  if (only?.length === 0)
    throw new MillraceError("BAD_ARGUMENT", `--only needs names of workloads; there are ${names.join(", ")}`);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new MillraceError("BAD_ARGUMENT", `--only: there is no workload ${unknown}; there are ${names.join(", ")}`);
  if (values.profile !== undefined && only?.length !== 1)
    throw new MillraceError(
      "BAD_ARGUMENT",
      "--profile needs --only with one workload: profiles of several say nothing",
    );
  return {
    ...(values.help === true ? { show: "help" } : values.list === true && { show: "list" }),
    isQuick: values.quick === true,
    scale: {
      ...base,
      history: whole("--history", values.history, { fallback: base.history, least: 0 }),
      snapshotSeconds: whole("--snapshot-seconds", values["snapshot-seconds"], {
        fallback: base.snapshotSeconds,
        least: 1,
      }),
    },
    withPeers: values.peers === true,
    ...(only && { only }),
    ...(values.json !== undefined && { jsonFile: values.json }),
    ...(values.profile !== undefined && { profileFolder: values.profile }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean" },
        only: { type: "string" },
        list: { type: "boolean" },
        peers: { type: "boolean" },
        history: { type: "string" },
        "snapshot-seconds": { type: "string" },
        json: { type: "string" },
        profile: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

function whole(
  option: string,
  text: string | undefined,
  { fallback, least }: { readonly fallback: number; readonly least: number },
): number {
  if (text === undefined) return fallback;
  const digits = text.replaceAll(/[ _]/g, "");
  if (/^\d+$/.test(digits) && Number(digits) >= least) return Number(digits);
  throw new MillraceError("BAD_ARGUMENT", `${option} must be a whole number of at least ${least}, not "${text}"`);
}
