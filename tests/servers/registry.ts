import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { startProcess } from "./server-process.ts";

const USER = "ada";
const PASSWORD = "right-one-of-ada";
/** Bcrypt of the password, which is all that the registry takes. */
const HASH = "$2y$05$abcdefghijklmnopqrstuuHGIyyEiX4UhLz/.DjdO3PsU6o9aqrLq";

/** A registry of images that lets one user in, on 127.0.0.1, where an engine needs no TLS. */
export interface ImageRegistry extends AsyncDisposable {
  /** As images are named: `127.0.0.1:5000`. */
  readonly host: string;
  readonly user: string;
  readonly password: string;
  /** What it has said, with a line for each request. */
  output(): string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts Debian's registry with its images in a folder of its own. @throws Error that says what to install */
export async function startRegistry(): Promise<ImageRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-registry-"));
  const [port = 0] = await freePorts(1);
  const users = join(folder, "htpasswd");
  await writeFile(users, `${USER}:${HASH}\n`);
  const config = {
    version: 0.1,
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: join(folder, "images") } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: "test", path: users } },
  };
  // JSON is YAML, too.
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  const how = "install Debian's docker-registry";
  const server = await startProcess("docker-registry", ["serve", join(folder, "config.yml")], { how });
  await server.said(/listening on/);
  const stop = async (): Promise<void> => {
    await server.end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };
  return {
    host: `127.0.0.1:${port}`,
    user: USER,
    password: PASSWORD,
    output: () => server.output(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
