import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A Redis of the bench's own. */
export interface RedisServer {
  /** Its Unix socket. */
  readonly socket: string;
  stop(): Promise<void>;
}

/** Starts a Redis that flushes each write before it answers (`appendfsync always`). @throws Error without a `redis-server` on the path. */
export async function startRedis(folder: string): Promise<RedisServer> {
  const socket = join(folder, "redis.sock");
  const settings = { port: "0", unixsocket: socket, dir: folder, appendonly: "yes", appendfsync: "always", save: "" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await new Promise<void>((ready, failed) => {
    child.once("error", (error) => failed(new Error(`redis-server cannot be started: ${error.message}`)));
    child.once("exit", (code) => failed(new Error(`redis-server ended with code ${code}`)));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (/ready to accept connections/i.test(text)) ready();
    });
  });
  return {
    socket,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
