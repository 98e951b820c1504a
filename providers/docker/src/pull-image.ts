import type Docker from "dockerode";
import type { Log } from "@millrace/core";
import { isMissing } from "./docker-error.ts";
import type { RegistryLogin } from "./docker-server.ts";
import { hostOfRegistry, registryOfImage } from "./registry-of-image.ts";

/** How an image comes to the engine. */
export interface PullOptions {
  readonly policy: "always" | "missing" | "never";
  readonly registry?: RegistryLogin | undefined;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Pulls an image as the policy says. The login is shown to its own registry alone, as Docker's command line does. @throws what the engine answers */
export async function pullImage(
  docker: Docker,
  image: string,
  { policy, registry, log, signal }: PullOptions,
): Promise<void> {
  if (policy === "never" || (policy === "missing" && (await hasImage(docker, image)))) return;
  log.info(`pulling ${image}`);
  const auth = registry !== undefined && isFor(registry, image, log) ? { authconfig: registry } : {};
  // Without a tag the engine would pull all of them.
  const name = /[:@][^/]*$/.test(image) ? image : `${image}:latest`;
  const stream = await docker.pull(name, { ...auth, abortSignal: signal });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

function isFor({ serveraddress }: RegistryLogin, image: string, log: Log): boolean {
  const [own, other] = [hostOfRegistry(serveraddress), registryOfImage(image)];
  if (own !== other) log.info(`the login of the connection is for ${own}, and is not shown to ${other}`);
  return own === other;
}

async function hasImage(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
