import {
  connectionForm,
  MillraceError,
  portField,
  secretField,
  textField,
  type Connection,
  type ProviderConnectionType,
  type TrialTools,
} from "@millrace/core";
import { connect } from "node:net";
import { readClusterState } from "./cluster-state.ts";
import { errorOfStatus } from "./spark-error.ts";
import { serverOf } from "./spark-server.ts";

const MASTER_PORT = 7_077;

/** A standalone master, or what else `--master` takes. */
export const SPARK_TYPE: ProviderConnectionType = {
  type: "spark",
  label: "Spark",
  form: connectionForm(
    {
      host: textField("Address of the master", {
        minLength: 1,
        examples: ["spark://spark-master", "local[*]", "yarn"],
      }),
      port: portField(MASTER_PORT),
      login: textField("Login"),
      password: secretField("Password"),
    },
    {
      required: ["host"],
      extra: {
        "deploy-mode": textField("Where the driver runs", { enum: ["client", "cluster"] }),
        ui: textField("Address of the master's pages", { examples: ["http://spark-master:8080"] }),
        rest: textField("Address of the master's submissions", { examples: ["http://spark-master:6066"] }),
        queue: textField("Queue (YARN)"),
        namespace: textField("Namespace (Kubernetes)"),
        "spark-home": textField("Folder of Spark, where tasks run"),
        "spark-binary": textField("Program instead of spark-submit"),
      },
    },
  ),
  trial: trySpark,
};

/** Asks the pages of the master; where they are not known, only its port is tried, for its own protocol is Java's. */
async function trySpark(connection: Connection, { admit, fetch, signal }: TrialTools): Promise<string> {
  const { master, ui, isUiGiven, headers } = serverOf(connection);
  const address = /^spark:\/\/(\[[^\]]+\]|[^:,/]+):(\d+)/.exec(master);
  if (ui === undefined && address === null)
    throw new MillraceError("BAD_ARGUMENT", `${master} cannot be tried without a job: it is no standalone master`);
  try {
    const url = `${ui}/json/`;
    const answer = await fetch(url, { headers, signal });
    const text = await answer.text();
    if (!answer.ok) throw errorOfStatus({ asked: `GET ${url}`, status: answer.status, text });
    const { status, url: name, workers } = readClusterState(text, `GET ${url}`);
    const alive = workers.filter(({ state }) => state === "ALIVE").length;
    return `GET ${url} → the master ${name} is ${status} and has ${alive} workers`;
  } catch (error) {
    if (isUiGiven || address === null || signal.aborted) throw error;
    const [, host = "", port = ""] = address;
    await admit(host);
    await reach(host, Number(port), signal);
    return `${host}:${port} takes connections; say where the master's pages are (ui) to hear more`;
  }
}

async function reach(host: string, port: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port });
    const leave = (): void => void socket.destroy(new Error(`${host}:${port} did not answer in time`));
    signal.addEventListener("abort", leave, { once: true });
    socket.once("connect", () => resolve());
    socket.once("error", reject);
    socket.once("close", () => signal.removeEventListener("abort", leave));
    socket.once("connect", () => socket.end());
  });
}
