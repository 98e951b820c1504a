import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { startProcess, type ServerProcess } from "./server-process.ts";
import { sparkHome, type SparkHome } from "./spark-home.ts";

/** A daemon is small and short-lived: little memory, and no time for the second compiler. */
const JAVA = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

/** How large a standalone master's worker is. */
export interface SparkOptions {
  /** Default 2. */
  readonly cores?: number;
  /** What it may give to executors and drivers. Default `2g`. */
  readonly memory?: string;
}

/** A standalone master of Spark with a worker, on 127.0.0.1. */
export interface SparkCluster extends SparkHome, AsyncDisposable {
  /** `spark://127.0.0.1:7077`, with another port. */
  readonly masterUrl: string;
  /** Of its page; `/json/` below it tells of workers and applications. */
  readonly masterUi: string;
  /** `spark://127.0.0.1:6066`, with another port: where applications in cluster mode are submitted to. */
  readonly restUrl: string;
  /** Starts the worker again. @throws Error with its output when it does not register within a minute */
  startWorker(): Promise<void>;
  /** Worker and executors vanish, as when a machine is lost. */
  kill9Worker(): Promise<void>;
  /** Ends the master alone, in good order. */
  stopMaster(): Promise<void>;
  /** Starts the master again at the same addresses. The worker finds it within half a minute. */
  startMaster(): Promise<void>;
  /** Ends all of it. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a master and a worker; the first time on a machine PyPI and Maven bring them. @throws Error that says what to install */
export async function startSpark({ cores = 2, memory = "2g" }: SparkOptions = {}): Promise<SparkCluster> {
  const spark = await sparkHome();
  const folder = await mkdtemp(join(tmpdir(), "millrace-spark-"));
  const daemons: ServerProcess[] = [];
  const daemon = async (
    options: readonly string[],
    mainClass: string,
    args: readonly string[],
  ): Promise<ServerProcess> => {
    const java = [...JAVA, ...options, "-cp", join(spark.home, "jars/*"), mainClass, "--host", "127.0.0.1", ...args];
    // The scripts of Spark say the version of Scala; without it a worker cannot start an executor.
    const env = { ...process.env, ...spark.env, SPARK_SCALA_VERSION: "2.12" };
    const started = await startProcess("java", java, { cwd: folder, env });
    daemons.push(started);
    return started;
  };
  const stop = async (): Promise<void> => {
    // The worker first, for it ends its executors; a worker without a master would try to find it again.
    for (const one of daemons.splice(0).reverse()) await one.end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [port = 0, uiPort = 0, restPort = 0] = await freePorts(3);
    const masterUrl = `spark://127.0.0.1:${port}`;
    let master: ServerProcess | undefined;
    const startMaster = async (): Promise<void> => {
      const rest = { enabled: true, port: restPort, host: "127.0.0.1" };
      const options = Object.entries(rest).map(([name, value]) => `-Dspark.master.rest.${name}=${String(value)}`);
      const args = ["--port", String(port), "--webui-port", String(uiPort)];
      master = await daemon(options, "org.apache.spark.deploy.master.Master", args);
      await master.said(/I have been elected leader/);
    };
    await startMaster();
    let worker: ServerProcess | undefined;
    const startWorker = async (): Promise<void> => {
      const size = ["--cores", String(cores), "--memory", memory, "--work-dir", join(folder, "work")];
      const args = [...size, "--port", "0", "--webui-port", "0", masterUrl];
      worker = await daemon([], "org.apache.spark.deploy.worker.Worker", args);
      await worker.said(/Successfully registered with master/);
    };
    await startWorker();
    return {
      ...spark,
      masterUrl,
      masterUi: `http://127.0.0.1:${uiPort}`,
      restUrl: `spark://127.0.0.1:${restPort}`,
      startWorker,
      kill9Worker: async () => await worker?.end("SIGKILL"),
      stopMaster: async () => await master?.end("SIGTERM"),
      startMaster,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
