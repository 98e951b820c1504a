import { readFileSync } from "node:fs";
import { availableParallelism, homedir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { isMillraceError, MillraceError } from "@millrace/core";
import { AUTH_SETTINGS } from "./auth-settings.ts";
import { didYouMean } from "./near-names.ts";
import { choice, flag, fraction, list, optional, text, whole, type Setting } from "./setting-kinds.ts";

/**
 * Every setting of Millrace: one typed schema for `millrace.json`, the environment (`MILLRACE__SECTION__KEY`) and the docs. Sizes and
 * times carry their unit in the name.
 */
export const SETTINGS = {
  core: {
    dagFolders: list(["dags"], "Folders with `*.dag.ts` files, relative to the project folder."),
    environment: {
      ...text(
        "dev",
        "Which environment this is: the `${ENVIRONMENT}` of `core.schedulesFile`. `ENVIRONMENT` sets it, too.",
      ),
      variable: "ENVIRONMENT",
    },
    schedulesFile: optional(
      "A YAML file with schedules that DAGs have instead of their own, relative to the project folder, like `config/schedules/${ENVIRONMENT}.yaml`.",
    ),
    dataFolder: text(".millrace", "Folder for the embedded database, logs, compiled DAG files and large results."),
    pausedUponCreation: flag(false, "New DAGs start paused."),
    triggerOnStart: list([], "DAGs that `millrace start` triggers once when they have never run."),
    defaultTaskRetries: whole(
      0,
      [0, 1_000],
      "Retries of tasks that say none themselves, nor in the `defaults` of their DAG or group.",
    ),
    maxMapLength: whole(
      100_000,
      [1, 100_000],
      "Instances of a mapped task in one run at most. Longer lists fail the task that returns them.",
    ),
    dagRunConfOverridesParams: flag(
      true,
      "The conf of a run overrides params. Otherwise it is only `ctx.conf` and `dag_run.conf`.",
    ),
  },
  database: {
    url: optional("PostgreSQL 14 or newer, `postgresql://…`. Without it Millrace starts its embedded server.", true),
  },
  scheduler: {
    allowTriggerInFuture: flag(
      false,
      "A run triggered for a future date begins at once if its DAG has no schedule, instead of waiting for the date.",
    ),
  },
  executor: {
    concurrency: whole(32 * availableParallelism(), [1, 100_000], "Task tries that run at once.", "32 for each core"),
    workers: whole(
      Math.min(8, Math.max(1, Math.floor(availableParallelism() / 2))),
      [1, 64],
      "Worker processes that share the tries.",
      "half as many as cores, 1 to 8",
    ),
    memoryMb: whole(2_048, [64, 1_048_576], "Heap of a worker process."),
    graceMs: whole(5_000, [0, 600_000], "How long a stopped or timed-out try may take to end by itself."),
    drainMs: whole(30_000, [0, 86_400_000], "How long a stopping Millrace waits for tries that run."),
    environment: list([], "Names of environment variables that tasks may see beside the usual ones."),
  },
  server: {
    host: text("127.0.0.1", "Address that the server listens on; `0.0.0.0` for every one of this machine."),
    port: whole(8080, [0, 65_535], "Port that the server listens on; 0 for any that is free."),
    bodyLimitKb: whole(1_024, [1, 1_048_576], "Kilobytes that the body of a request may have."),
    requestTimeoutMs: whole(30_000, [1_000, 600_000], "How long a request may take to arrive."),
    maximumPageLimit: whole(100, [1, 1_000], "Items of a page of API v1 at most."),
    testConnection: choice(
      ["disabled", "enabled"],
      "disabled",
      "Whether connections can be tried over the API. The server connects to what they name, so see `security.privateAddresses` before enabling it.",
    ),
    enabled: flag(true, "`millrace start` serves the API, too."),
    requestsPerMinute: whole(6_000, [0, 10_000_000], "Requests of one user or token in a minute; 0 = no limit."),
    maxConnections: whole(10_000, [0, 1_000_000], "Connections at once; 0 = no limit."),
    corsOrigins: list([], "Origins, like `https://tools.example.org`, whose pages may use the API; `*` for all."),
    tlsCert: optional(
      "File with the certificate chain in PEM, relative to the project folder. With `server.tlsKey` the server speaks HTTPS.",
    ),
    tlsKey: optional("File with the private key in PEM, relative to the project folder."),
    metrics: choice(
      ["auto", "public", "token", "off"],
      "auto",
      "Who may read `/metrics`: `public` everybody, `token` callers with `can_read` on `Cluster Activity`, `off` nobody; `auto` is `public` while `server.host` is an address of this machine alone, else `token`.",
    ),
    exposeConfig: choice(
      ["false", "true", "non-sensitive-only"],
      "false",
      "Whether `GET /config` of API v1 shows the configuration to those with the permission. Secrets are hidden in any case.",
    ),
    trustedProxies: list([], "Addresses or networks of proxies whose `X-Forwarded-For` is believed."),
  },
  auth: AUTH_SETTINGS,
  security: {
    privateAddresses: choice(
      ["allow", "deny"],
      "allow",
      "Whether HTTP operators, `ctx.fetch` and connection tests may reach addresses that are not on the public internet: private networks, this machine, metadata of clouds.",
    ),
    allowedHosts: list(
      [],
      "Hosts that may be reached all the same: names, `*.example.com`, addresses, networks like `10.1.0.0/16`.",
    ),
    secretKeys: {
      ...list(
        [],
        "Keys for values at rest, each 32 bytes in base64: the first seals, all open. They come before those of `secret.key` in the data folder.",
      ),
      isSecret: true,
    },
  },
  secrets: {
    backends: list(
      ["environment", "database"],
      "Where variables and connections are looked for, in this order: `environment`, `file`, `database`.",
    ),
    file: optional(
      "A JSON, YAML or `.env` file with `variables` and `connections`, relative to the project folder; only its owner may read it. It needs `file` in `secrets.backends`.",
    ),
  },
  tracing: {
    otlpEndpoint: optional(
      "URL of an OTLP/HTTP receiver of traces, like `http://collector:4318/v1/traces`: runs, tries and the code of tasks become spans. Without it nothing is traced.",
    ),
    sampleRatio: fraction(1, "Share of runs that are traced, 0 to 1."),
  },
  logs: {
    level: choice(["debug", "info", "warn", "error", "silent"], "info", "How much Millrace's own log says."),
  },
  retention: {
    runsDays: whole(
      0,
      [0, 36_500],
      "Days that a run is kept after its end, with its tries, XComs, events and logs; 0 = for ever. DAGs may say otherwise (`retention`), here as below.",
    ),
    maxRuns: whole(0, [0, 10_000_000], "Ended runs that each DAG keeps at most, the ones made last; 0 = all."),
    logsDays: whole(0, [0, 36_500], "Days that the logs of a run are kept after its end; 0 = as long as the run."),
    maxRunsWithLogs: whole(0, [0, 10_000_000], "Ended runs of each DAG that keep their logs at most; 0 = all."),
    webhookDeliveriesDays: whole(
      30,
      [0, 36_500],
      "Days that deliveries of webhooks are kept, to be looked at and replayed; 0 = for ever.",
    ),
    auditDays: whole(
      365,
      [0, 36_500],
      "Days that entries of the audit (event logs) are kept: who did what, when, from where; 0 = for ever.",
    ),
    archive: flag(false, "Runs are written to files in `archives` of the data folder before they are deleted."),
  },
} as const satisfies Record<string, Record<string, Setting<unknown>>>;

type Values<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };
type Settings = { readonly [K in keyof typeof SETTINGS]: Values<(typeof SETTINGS)[K]> };

/** The configuration of one project, every value checked. Folders are absolute. */
export interface Config extends Settings {
  /** The folder with `millrace.json`, or the current one. */
  readonly projectFolder: string;
  /** Where each value that is not a default came from, by `section.key`. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Where a configuration is read from. */
export interface ConfigOrigin {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `section.key` → text, from command-line flags; they come first. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the configuration: flags over environment over `millrace.json` over defaults.
 *
 * @throws MillraceError BAD_CONFIG naming the key, where it came from and what fits.
 */
export function loadConfig(origin: ConfigOrigin): Config {
  const sources = new Map<string, string>();
  refuseUnknownVariables(origin.env);
  const file = readFile(join(origin.folder, "millrace.json"));
  const sections: Record<string, Record<string, unknown>> = {};
  for (const [section, settings] of Object.entries(SETTINGS)) {
    const values: Record<string, unknown> = {};
    for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
      values[key] = readOne({ section, key, setting, origin, file, sources });
    }
    sections[section] = values;
  }
  const settings = sections as unknown as Settings;
  const absolute = (path: string): string => {
    const home = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
    return isAbsolute(home) ? home : resolve(origin.folder, home);
  };
  const schedulesFile = schedulesFileOf(settings.core, sources);
  return {
    ...settings,
    core: {
      ...settings.core,
      dagFolders: settings.core.dagFolders.map(absolute),
      dataFolder: absolute(settings.core.dataFolder),
      ...(schedulesFile !== undefined && { schedulesFile: absolute(schedulesFile) }),
    },
    projectFolder: resolve(origin.folder),
    sources,
  };
}

/** The name of the schedules file with the environment put in. */
function schedulesFileOf(
  { schedulesFile, environment }: Settings["core"],
  sources: ReadonlyMap<string, string>,
): string | undefined {
  if (schedulesFile === undefined) return undefined;
  const given = sources.get("core.schedulesFile") ?? "core.schedulesFile";
  const other = [...schedulesFile.matchAll(/\$\{(.*?)\}/g)].find(([, name]) => name !== "ENVIRONMENT")?.[0];
  if (other !== undefined)
    throw new MillraceError("BAD_CONFIG", `${given}: only \${ENVIRONMENT} stands for something, not ${other}`);
  if (!schedulesFile.includes("${ENVIRONMENT}")) return schedulesFile;
  if (!/^[\w-]+$/.test(environment))
    throw new MillraceError(
      "BAD_CONFIG",
      `${sources.get("core.environment") ?? "core.environment"}: ${JSON.stringify(environment)} cannot be part of a file name; it must be letters, digits, - and _`,
    );
  return schedulesFile.replaceAll("${ENVIRONMENT}", environment);
}

interface Place {
  readonly section: string;
  readonly key: string;
  readonly setting: Setting<unknown>;
  readonly origin: ConfigOrigin;
  readonly file: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly sources: Map<string, string>;
}

function readOne({ section, key, setting, origin, file, sources }: Place): unknown {
  const name = `${section}.${key}`;
  const variable = environmentName(section, key);
  const given: [string, unknown][] = [
    [`flag for ${name}`, origin.flags?.[name]],
    [variable, origin.env[variable]],
    ...(setting.variable === undefined ? [] : [[setting.variable, origin.env[setting.variable]] as [string, unknown]]),
    [`millrace.json ${name}`, file[section]?.[key]],
  ];
  const found = given.find(([, value]) => value !== undefined);
  if (!found) return setting.default;
  const [source, value] = found;
  sources.set(name, source);
  try {
    return setting.read(textOf(value));
  } catch (error) {
    const shown = setting.isSecret ? "***" : JSON.stringify(value);
    throw new MillraceError(
      "BAD_CONFIG",
      `${source}: ${shown} does not fit: ${isMillraceError(error) ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.join(",");
  throw new MillraceError("BAD_CONFIG", "it must be text, a number, true, false or a list of texts");
}

/** `core.dagFolders` → `MILLRACE__CORE__DAG_FOLDERS`. */
export function environmentName(section: string, key: string): string {
  return `MILLRACE__${section.toUpperCase()}__${key.replaceAll(/([A-Z])/g, "_$1").toUpperCase()}`;
}

function readFile(path: string): Record<string, Record<string, unknown>> {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new MillraceError("BAD_CONFIG", `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new MillraceError("BAD_CONFIG", `${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const sections = readObject(value, path);
  const known = Object.keys(SETTINGS);
  const checked: Record<string, Record<string, unknown>> = {};
  for (const [section, inner] of Object.entries(sections)) {
    if (!(section in SETTINGS)) throw unknownName(`${path}: there is no section "${section}"`, section, known);
    checked[section] = readObject(inner, `${path}: "${section}"`);
    const keys = Object.keys(SETTINGS[section as keyof typeof SETTINGS]);
    for (const key of Object.keys(checked[section]))
      if (!keys.includes(key)) throw unknownName(`${path}: "${section}" has no setting "${key}"`, key, keys);
  }
  return checked;
}

function readObject(value: unknown, where: string): Record<string, unknown> {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new MillraceError("BAD_CONFIG", `${where} must be a JSON object, like { "core": { "dagFolders": ["dags"] } }`);
}

/** A misspelt variable would be a setting that silently does not hold. */
function refuseUnknownVariables(env: ConfigOrigin["env"]): void {
  const known = Object.entries(SETTINGS).flatMap(([section, settings]) =>
    Object.keys(settings).map((key) => environmentName(section, key)),
  );
  const unknown = Object.keys(env).find((name) => name.startsWith("MILLRACE__") && !known.includes(name));
  if (unknown !== undefined) throw unknownName(`the environment variable ${unknown} is no setting`, unknown, known);
}

function unknownName(sentence: string, name: string, known: readonly string[]): MillraceError {
  const all = known.length > 10 ? "`millrace config list` shows all." : `There are ${known.join(", ")}.`;
  const hint = [didYouMean(name, known), all].filter((part) => part !== undefined).join(" ");
  return new MillraceError("BAD_CONFIG", sentence, { details: { hint } });
}

/** The environment of this process. The only place that reads it; everything else is handed what it needs. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Who runs this process, for the audit: the login name, or `uid <number>` where the system knows none. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run processes under ids without a name.
    return `uid ${String(process.getuid?.() ?? "unknown")}`;
  }
}
