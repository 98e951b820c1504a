import type { Connection } from "@millrace/core";
import type Docker from "dockerode";
import { ownerLabels, type ContainerPlan, type DockerContext } from "./container-options.ts";
import { errorOfDocker } from "./docker-error.ts";
import { dockerServerOf } from "./docker-server.ts";
import { runContainer, type ContainerEnd } from "./run-container.ts";

/** A Docker Engine. */
export interface DockerClient extends AsyncDisposable {
  /** `unix:///var/run/docker.sock`, `tcp://docker:2376` */
  readonly address: string;
  /** The version of the engine. @throws Permanent when it may not be used, MillraceError UNREACHABLE when it does not answer */
  version(): Promise<string>;
  /**
   * Runs a container to its end; its lines go to the log as they come.
   *
   * What an earlier try of the same task instance left behind is removed first; a container of this same try, whose worker was lost, is gone on with.
   *
   * @throws Permanent, MillraceError UNREACHABLE; TIMEOUT; the signal's reason when the try has to end: SIGTERM first, SIGKILL after the grace
   */
  run(plan: ContainerPlan): Promise<ContainerEnd>;
  /** Ends and removes all containers of the task instance. @returns how many */
  removeAll(): Promise<number>;
}

/**
 * Opens a Docker Engine.
 *
 * @param connection of the type `docker`, or its id; undefined is the engine of this machine.
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that leads nowhere
 * @example await using docker = await openDocker(undefined, { ctx });
 */
export async function openDocker(
  connection: Connection | string | undefined,
  { ctx }: { readonly ctx: DockerContext },
): Promise<DockerClient> {
  const { default: DockerEngine } = await import("dockerode");
  const server = dockerServerOf(typeof connection === "string" ? await ctx.connection(connection) : connection);
  const docker: Docker = new DockerEngine(server.options);
  const asking = async <T>(asked: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw errorOfDocker(error, { asked, address: server.address });
    }
  };
  return {
    address: server.address,
    version: async () => (await asking("asking for its version", async () => await docker.version())).Version,
    run: async (plan) => await runContainer(plan, { docker, server, ctx }),
    removeAll: async () =>
      await asking("removing containers", async () => {
        const label = Object.entries(ownerLabels(ctx)).map(([name, value]) => `${name}=${value}`);
        const found = await docker.listContainers({ all: true, filters: { label } });
        for (const { Id } of found) await docker.getContainer(Id).remove({ force: true });
        return found.length;
      }),
    // Each request has a connection of its own.
    [Symbol.asyncDispose]: async () => undefined,
  };
}
