import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess, type ServerProcess } from "./server-process.ts";

const BUSYBOX = "/bin/busybox";
const PROGRAMS = ["cat", "echo", "env", "head", "id", "ls", "printf", "sh", "sleep", "tail", "tr", "true"];

/** A real Docker Engine with one image of Busybox. */
export interface DockerEngine extends AsyncDisposable {
  /** `unix:///…/docker.sock` */
  readonly host: string;
  readonly image: string;
  /** The command line of Docker against this engine. @returns its stdout */
  docker(...args: readonly string[]): string;
}

/**
 * Starts Debian's Docker Engine, as root, with its data in a folder of its own. Containers have the networks `none` and `host`: bridges need rights over
 * the kernel's packet filter, which a machine for tests may not have.
 */
export async function startDockerEngine(): Promise<DockerEngine> {
  if (process.getuid?.() !== 0) throw new Error("the Docker Engine has to be started by root");
  if (!existsSync(BUSYBOX)) throw new Error(`${BUSYBOX} is missing: install Debian's busybox-static`);
  // The path of a socket may have 107 characters.
  const folder = mkdtempSync(join(tmpdir(), "mr-docker-"));
  const host = `unix://${join(folder, "docker.sock")}`;
  const engine = await startProcess(
    "/usr/sbin/dockerd",
    [
      ...["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--bridge=none"],
      ...["--storage-driver=vfs", `--host=${host}`, `--pidfile=${join(folder, "docker.pid")}`],
      ...[`--data-root=${join(folder, "data")}`, `--exec-root=${join(folder, "exec")}`],
    ],
    { how: "install Debian's docker.io" },
  );
  const docker = (...args: readonly string[]): string =>
    execFileSync("docker", ["--host", host, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  const end = async (): Promise<void> => await endEngine(engine, docker, folder);
  try {
    await engine.said(/API listen on/);
    const image = "busybox:test";
    docker("import", packBusybox(folder), image);
    return { host, image, docker, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function endEngine(engine: ServerProcess, docker: DockerEngine["docker"], folder: string): Promise<void> {
  try {
    const left = docker("ps", "--all", "--quiet").split("\n").filter(Boolean);
    if (left.length > 0) docker("rm", "--force", ...left);
  } finally {
    await engine.end("SIGTERM");
    // The network `host` is a mount that the engine leaves behind.
    for (const [, mount = ""] of readFileSync("/proc/mounts", "utf8").matchAll(/^\S+ (\S+) /gm))
      if (mount.startsWith(`${folder}/`)) execFileSync("/usr/bin/umount", ["--lazy", mount]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The smallest image: one program under many names, and a folder for temporary files. */
function packBusybox(folder: string): string {
  const tree = join(folder, "tree");
  for (const name of ["bin", "tmp"]) mkdirSync(join(tree, name), { recursive: true });
  chmodSync(join(tree, "tmp"), 0o1777);
  copyFileSync(BUSYBOX, join(tree, "bin/busybox"));
  chmodSync(join(tree, "bin/busybox"), 0o755);
  for (const name of PROGRAMS) symlinkSync("busybox", join(tree, "bin", name));
  const archive = join(folder, "busybox.tar");
  execFileSync("tar", ["-C", tree, "-cf", archive, "."]);
  return archive;
}
