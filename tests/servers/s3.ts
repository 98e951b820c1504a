import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { pythonWith } from "./python-venv.ts";
import { startProcess, type ServerProcess } from "./server-process.ts";

const require = createRequire(import.meta.url);
const MOTO = "5.2.5";
/** What its server needs; its extra `server` brings what all other services of AWS need, which takes a minute to install. */
const FLASK = ["flask==3.1.3", "flask-cors==6.0.5"];

/** A server that speaks S3, on 127.0.0.1. */
export interface S3Server extends AsyncDisposable {
  readonly name: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A bucket that is there. */
  readonly bucket: string;
  /** Ends it; {@link S3Server.start} brings it back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP: connections stay, answers do not come. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** Starts s3rver, of npm, which keeps objects as files, also when it stops, and knows one access key. Tokens of its lists are made by DES, of yesterday. */
export async function startS3rver(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-s3rver-"));
  const program = require.resolve("s3rver/bin/s3rver.js");
  return await startServer({
    name: "s3rver",
    key: "S3RVER",
    folder,
    begin: async (port) => {
      const args = [
        "-d",
        folder,
        "-a",
        "127.0.0.1",
        "-p",
        String(port),
        "--no-vhost-buckets",
        "--configure-bucket",
        "lake",
      ];
      const process_ = await startProcess(process.execPath, ["--openssl-legacy-provider", program, ...args]);
      await process_.said(/S3rver listening/);
      return process_;
    },
  });
}

/** The Python that has moto. */
export async function motoPython(): Promise<string> {
  return await pythonWith(`moto-${MOTO}`, [`moto[s3]==${MOTO}`, ...FLASK]);
}

/** Starts moto, of PyPI, which keeps objects in memory while it runs, and lets everybody in. */
export async function startMoto(): Promise<S3Server> {
  const python = await motoPython();
  return await startServer({
    name: "moto",
    key: "testing",
    begin: async (port) => {
      const process_ = await startProcess(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)]);
      await process_.said(/Running on/);
      const made = await fetch(`http://127.0.0.1:${port}/lake`, { method: "PUT" });
      if (!made.ok) throw new Error(`moto makes no bucket: ${made.status}`);
      return process_;
    },
  });
}

async function startServer(plan: {
  readonly name: string;
  readonly key: string;
  readonly folder?: string;
  readonly begin: (port: number) => Promise<ServerProcess>;
}): Promise<S3Server> {
  const [port = 0] = await freePorts(1);
  let running: ServerProcess | undefined = await plan.begin(port);
  const stop = async (): Promise<void> => {
    await running?.end("SIGTERM");
    running = undefined;
  };
  return {
    name: plan.name,
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: plan.key,
    secretAccessKey: plan.key,
    bucket: "lake",
    stop,
    start: async () => {
      running ??= await plan.begin(port);
    },
    pause: () => void running?.child.kill("SIGSTOP"),
    resume: () => void running?.child.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      running?.child.kill("SIGCONT");
      await stop();
      if (plan.folder !== undefined) await rm(plan.folder, { recursive: true, force: true });
    },
  };
}
