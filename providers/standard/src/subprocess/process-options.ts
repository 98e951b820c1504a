import type { Duration, Secret } from "@millrace/core";

/** What operators that run a process have in common. */
export interface ProcessOptions {
  /** Added to the environment; secrets are revealed to the process only. */
  readonly env?: Readonly<Record<string, string | Secret>>;
  /** false: the process gets `env`, PATH and what it is told of the run, nothing else. Default true. */
  readonly inheritEnv?: boolean;
  /** Default: the folder that Millrace was started in. */
  readonly cwd?: string;
  /** From its start; then it is ended and the try fails. Default none. */
  readonly timeout?: Duration;
  /** Between SIGTERM and SIGKILL, when it has to end. Default `3s`. */
  readonly grace?: Duration;
  /** `lastLine` (default), `json` or `none`. */
  readonly result?: "lastLine" | "json" | "none";
  /** Exit codes that skip the task. Default `[99]`. */
  readonly skipExitCodes?: readonly number[];
  /** Exit codes that fail it without another try. Default none. */
  readonly permanentExitCodes?: readonly number[];
}

const EXIT_CODES = { type: "array", items: { type: "integer", minimum: 1, maximum: 255 } } as const;

/** {@link ProcessOptions} as properties of a JSON Schema. */
export const PROCESS_PROPERTIES = {
  env: {
    type: "object",
    description: "Added to the environment. Values may be secrets; they are revealed to the process only.",
  },
  inheritEnv: {
    type: "boolean",
    default: true,
    description:
      "false: the process gets `env`, `PATH` and what it is told of the run, and nothing else of the worker's environment.",
  },
  cwd: {
    type: "string",
    minLength: 1,
    description: "Folder that it runs in. Default: the folder that Millrace was started in.",
  },
  timeout: { type: "string", description: "From its start, for example `10m`; then it is ended and the try fails." },
  grace: {
    type: "string",
    default: "3s",
    description:
      "Between SIGTERM and SIGKILL, when it has to end. Keep it below the grace of the executor (`executor.graceMs`).",
  },
  result: {
    enum: ["lastLine", "json", "none"],
    default: "lastLine",
    description:
      "`lastLine`: the last line of stdout that is not blank. `json`: what it wrote to the file named in `MILLRACE_RESULT_FILE`, or else all of stdout, or else its last line. `none`: no result.",
  },
  skipExitCodes: { ...EXIT_CODES, default: [99], description: "Exit codes that skip the task." },
  permanentExitCodes: {
    ...EXIT_CODES,
    default: [],
    description: "Exit codes that fail the task at once, whatever tries are left.",
  },
} as const;
