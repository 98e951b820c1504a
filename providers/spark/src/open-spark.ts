import { MillraceError, Permanent } from "@millrace/core";
import { askSpark, type SparkContext, type SparkRequest } from "./ask-spark.ts";
import { readClusterState, type ClusterState } from "./cluster-state.ts";
import { lookUpServer, type SparkServer, type SparkTarget } from "./spark-server.ts";

const JSON_TYPE = "application/json;charset=UTF-8";

/** An application for cluster mode. */
export interface DriverSubmission {
  /** A jar that the workers can read. */
  readonly application: string;
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Properties of Spark, `spark.app.name` among them. */
  readonly properties: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** How a driver in the cluster is. */
export interface DriverStatus {
  readonly submissionId: string;
  /** `SUBMITTED`, `RUNNING`, `RELAUNCHING`, `FINISHED`, `KILLED`, `FAILED`, `ERROR` or `UNKNOWN`; `NOT_FOUND` when the master does not know it. */
  readonly state: string;
  /** What went wrong, as the master says it. */
  readonly message?: string;
}

/** A standalone master. What only reads or ends something is tried three times when nobody answers. */
export interface SparkClient extends AsyncDisposable {
  readonly server: SparkServer;
  /** Workers, applications and drivers. @throws UNREACHABLE, TIMEOUT, Permanent */
  cluster(): Promise<ClusterState>;
  /** Ends an application; one that has ended is fine. */
  killApplication(applicationId: string): Promise<void>;
  /** Starts a driver in the cluster, once. @returns its submission id */
  submit(submission: DriverSubmission): Promise<string>;
  driverStatus(submissionId: string): Promise<DriverStatus>;
  /** Ends a driver and with it its application; one that has ended is fine. */
  killDriver(submissionId: string): Promise<void>;
}

/**
 * Opens a client of a standalone master: its JSON at `/json/`, and its submissions (`spark.master.rest.enabled`).
 *
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that names no Spark
 * @example await using spark = await openSpark({ connection: "spark_default" }, { ctx });
 */
export async function openSpark(target: SparkTarget, { ctx }: { readonly ctx: SparkContext }): Promise<SparkClient> {
  return clientOf(await lookUpServer(target, ctx), ctx);
}

/** {@link openSpark} of a server in hand. */
export function clientOf(server: SparkServer, ctx: SparkContext): SparkClient {
  const ask = async (request: SparkRequest): Promise<string> =>
    await askSpark({ ...request, headers: { ...server.headers, ...request.headers } }, ctx);
  const rest = async (path: string, request: Omit<SparkRequest, "url">): Promise<Answered> => {
    const url = `${baseOf(server, "rest")}/v1/submissions/${path}`;
    return readAnswer(await ask({ ...request, url }), url);
  };
  return {
    server,
    cluster: async () => {
      const url = `${baseOf(server, "ui")}/json/`;
      return readClusterState(await ask({ url }), `GET ${url}`);
    },
    killApplication: async (applicationId) => {
      const query = new URLSearchParams({ id: applicationId, terminate: "true" }).toString();
      await ask({ method: "POST", url: `${baseOf(server, "ui")}/app/kill/?${query}` });
    },
    submit: async (submission) => {
      const body = JSON.stringify(creationOf(submission, server));
      const headers = { "content-type": JSON_TYPE };
      const said = await rest("create", { method: "POST", body, headers, isRepeatable: false });
      if (said.success === true && typeof said.submissionId === "string") return said.submissionId;
      throw new Permanent(
        `the master ${server.master} refused ${submission.application}: ${said.message ?? "no reason"}`,
      );
    },
    driverStatus: async (submissionId) => {
      const said = await rest(`status/${encodeURIComponent(submissionId)}`, {});
      const state = said.driverState ?? "NOT_FOUND";
      return { submissionId, state, ...(said.message !== undefined && { message: said.message }) };
    },
    killDriver: async (submissionId) =>
      void (await rest(`kill/${encodeURIComponent(submissionId)}`, { method: "POST" })),
    // Requests are by fetch, whose connections are shared by the process: there is nothing to let go.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

interface Answered {
  readonly success?: boolean;
  readonly submissionId?: string;
  readonly driverState?: string;
  readonly message?: string;
}

function readAnswer(text: string, url: string): Answered {
  try {
    return JSON.parse(text) as Answered;
  } catch (error) {
    const what = `${url} did not answer as the submissions of a standalone master do`;
    throw new MillraceError("TASK_FAILED", `${what}: is spark.master.rest.enabled set there?`, { cause: error });
  }
}

function creationOf(submission: DriverSubmission, { master }: SparkServer): unknown {
  return {
    action: "CreateSubmissionRequest",
    clientSparkVersion: "3.5",
    appResource: submission.application,
    mainClass: submission.mainClass,
    appArgs: submission.args,
    environmentVariables: submission.env,
    sparkProperties: { ...submission.properties, "spark.master": master, "spark.submit.deployMode": "cluster" },
  };
}

function baseOf(server: SparkServer, which: "ui" | "rest"): string {
  const base = server[which];
  if (base !== undefined) return base;
  const what = which === "ui" ? "the address of its pages" : "the address that takes its submissions";
  throw new MillraceError("BAD_ARGUMENT", `${server.master} is no single standalone master: say ${what} by ${which}`);
}
