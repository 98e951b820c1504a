import { MillraceError, textOf, type Connection, type RunContext } from "@millrace/core";

const MASTER_PORT = 7_077;
const UI_PORT = 8_080;
const REST_PORT = 6_066;

/** Where a driver runs: beside the worker of Millrace, or in the cluster. */
export type DeployMode = "client" | "cluster";

/** A Spark cluster, or Spark within one process. */
export interface SparkServer {
  /** As `--master` takes it: `spark://host:7077`, `local[*]`, `yarn`, `k8s://…`. */
  readonly master: string;
  /** Base address of the pages of a standalone master, without a slash at its end. */
  readonly ui?: string;
  /** Whether somebody said so, instead of the usual port being assumed. */
  readonly isUiGiven: boolean;
  /** Base address where a standalone master takes submissions. */
  readonly rest?: string;
  readonly deployMode?: DeployMode;
  readonly queue?: string;
  readonly namespace?: string;
  /** `SPARK_HOME`. */
  readonly sparkHome?: string;
  /** The program instead of `spark-submit`. */
  readonly sparkBinary?: string;
  /** For a proxy with a login before the pages of the master. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which cluster: a connection or its id, or plain addresses. */
export interface SparkTarget {
  /** Of type `spark`, or its id. */
  readonly connection?: Connection | string;
  /** As `--master` takes it. Default that of the connection. */
  readonly master?: string;
  /** Address of the pages of a standalone master. Default that of the connection, or port 8080 of the master. */
  readonly ui?: string;
  /** Address where a standalone master takes submissions. Default that of the connection, or port 6066 of the master. */
  readonly rest?: string;
}

/** {@link SparkTarget} as properties of a JSON Schema. */
export const TARGET_PROPERTIES = {
  connection: { description: "A connection of type `spark`, or its id." },
  master: {
    type: "string",
    minLength: 1,
    description: "As `--master` takes it: `spark://host:7077`, `local[*]`, `yarn`. Default that of the connection.",
  },
  ui: {
    type: "string",
    minLength: 1,
    description:
      "Address of the pages of a standalone master. Default that of the connection, or port 8080 of the master.",
  },
  rest: {
    type: "string",
    minLength: 1,
    description:
      "Address where a standalone master takes submissions. Default that of the connection, or port 6066 of the master.",
  },
} as const;

/**
 * The cluster that options name.
 *
 * @throws MillraceError BAD_ARGUMENT when they name none, or an address that is none; NOT_FOUND without such a connection
 */
export async function lookUpServer(
  { connection, ...own }: SparkTarget,
  ctx: Pick<RunContext, "connection">,
): Promise<SparkServer> {
  const found = typeof connection === "string" ? await ctx.connection(connection) : connection;
  return serverOf(found, own);
}

/** {@link lookUpServer} of a connection in hand; what `own` names goes before it. */
export function serverOf(connection: Connection | undefined, own: Omit<SparkTarget, "connection"> = {}): SparkServer {
  const extra = connection?.extra ?? {};
  const text = (name: string): string | undefined => textOf(extra[name]);
  const master = own.master ?? masterOf(connection);
  const ui = own.ui ?? text("ui");
  const host = /^spark:\/\/([^:,/]+|\[[^\]]+\])(?::\d+)?$/.exec(master)?.[1];
  const base = (address: string | undefined, port: number): string | undefined =>
    address !== undefined ? baseOf(address) : host === undefined ? undefined : `http://${host}:${port}`;
  const deployMode = text("deploy-mode") ?? text("deploy_mode");
  return omitMissing({
    master,
    ui: base(ui, UI_PORT),
    isUiGiven: ui !== undefined,
    rest: base(own.rest ?? text("rest"), REST_PORT),
    deployMode: deployMode === "cluster" || deployMode === "client" ? deployMode : undefined,
    queue: text("queue"),
    namespace: text("namespace"),
    sparkHome: text("spark-home") ?? text("spark_home"),
    sparkBinary: text("spark-binary") ?? text("spark_binary"),
    headers: headersOf(connection),
  });
}

function masterOf(connection: Connection | undefined): string {
  const host = connection?.host ?? "";
  if (host === "")
    throw new MillraceError(
      "BAD_ARGUMENT",
      "no Spark is named: give a connection of type spark with a host, or master",
    );
  if (/^(local|yarn)/.test(host) || host.includes(",")) return host;
  const address = host.includes("://") ? host : `spark://${host}`;
  const port = connection?.port ?? (address.startsWith("spark://") ? MASTER_PORT : undefined);
  return port === undefined || /:\d+$/.test(address) ? address : `${address}:${port}`;
}

function baseOf(address: string): string {
  const url = URL.parse(address.includes("://") ? address.replace(/^spark:/, "http:") : `http://${address}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new MillraceError("BAD_ARGUMENT", "an address of a Spark master is none like http://spark-master:8080");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function headersOf(connection: Connection | undefined): Readonly<Record<string, string>> {
  if (connection?.login === undefined) return {};
  const login = `${connection.login}:${connection.password?.reveal() ?? ""}`;
  return { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
}

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

function omitMissing<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
