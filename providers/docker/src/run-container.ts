// R9. A container belongs to a try by its labels. A try that is started again finds its own container and goes on with it; the next try removes it first.
import { isMillraceError, MillraceError, parseDuration, readSignal } from "@millrace/core";
import type Docker from "dockerode";
import { createOptions, ownerLabels, TRY_LABEL, type ContainerPlan, type DockerContext } from "./container-options.ts";
import { outputSink, type ContainerOutput } from "./container-output.ts";
import { errorOfDocker, isAlready, isMissing } from "./docker-error.ts";
import type { DockerServer } from "./docker-server.ts";
import { pullImage } from "./pull-image.ts";
import { readFrames } from "./read-frames.ts";

const GRACE_SECONDS = 3;
const LONGEST_TIMER_MS = 2_147_483_647;

/** How a container ended. */
export interface ContainerEnd extends ContainerOutput {
  readonly containerId: string;
  readonly exitCode: number;
  /** It was killed because it wanted more memory than its limit. */
  readonly outOfMemory: boolean;
}

/** With what a container is run. */
interface Tools {
  readonly docker: Docker;
  readonly server: DockerServer;
  readonly ctx: DockerContext;
}

/** A container that runs, or has run, and what it writes. */
interface Started {
  readonly container: Docker.Container;
  readonly stream: NodeJS.ReadableStream;
}

/** Runs a container to its end; see `DockerClient.run`. */
export async function runContainer(plan: ContainerPlan, tools: Tools): Promise<ContainerEnd> {
  const { ctx, server } = tools;
  try {
    ctx.signal.throwIfAborted();
    return await follow((await findOwn(tools)) ?? (await create(plan, tools)), plan, tools);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (isMillraceError(error) || readSignal(error) !== undefined) throw error;
    throw errorOfDocker(error, { asked: `running ${plan.image}`, address: server.address });
  }
}

/** The container of this try, when a worker was lost with it. Those of earlier tries are removed. */
async function findOwn({ docker, ctx }: Tools): Promise<Started | undefined> {
  const label = Object.entries(ownerLabels(ctx)).map(([name, value]) => `${name}=${value}`);
  const found = await docker.listContainers({ all: true, filters: { label } });
  let own: Docker.Container | undefined;
  for (const { Id, Labels, State } of found) {
    const container = docker.getContainer(Id);
    // One that was made and never started may have lost its worker before it had all that it needs.
    if (Labels[TRY_LABEL] === ctx.tryId && State !== "created" && own === undefined) {
      ctx.log.info(`going on with the container ${Id.slice(0, 12)} of this try`);
      own = container;
    } else {
      ctx.log.info(`removing the container ${Id.slice(0, 12)} that another try left behind`);
      await removeIt(container);
    }
  }
  return own && { container: own, stream: await own.logs({ follow: true, stdout: true, stderr: true }) };
}

async function create(plan: ContainerPlan, { docker, server, ctx }: Tools): Promise<Started> {
  const { log, signal } = ctx;
  await pullImage(docker, plan.image, { policy: plan.pull ?? "missing", registry: server.registry, log, signal });
  const container = await docker.createContainer(createOptions(plan, ctx));
  try {
    signal.throwIfAborted();
    // Before the start, so that nothing is missed; the engine's own log may end before the last lines of a container are in it.
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    await container.start();
    log.info(`started the container ${container.id.slice(0, 12)} of ${plan.image}`);
    return { container, stream };
  } catch (error) {
    await removeIt(container);
    throw error;
  }
}

async function follow({ container, stream }: Started, plan: ContainerPlan, { ctx }: Tools): Promise<ContainerEnd> {
  const { signal, log } = ctx;
  const sink = outputSink(log);
  const ending = endWhenAsked(container, plan, signal);
  let isFine = false;
  try {
    await readFrames(stream as AsyncIterable<Uint8Array>, sink);
    const { StatusCode: exitCode } = (await container.wait()) as { readonly StatusCode: number };
    const { State } = await container.inspect();
    ending.throwIfAsked();
    isFine = exitCode === 0;
    return { containerId: container.id, exitCode, outOfMemory: State.OOMKilled, ...sink.read() };
  } finally {
    await ending.over();
    const { remove = "always" } = plan;
    if (remove === "always" || (remove === "success" && isFine) || signal.aborted) await removeIt(container);
  }
}

/** Stops a container when the try has to end, or when it has run too long. */
function endWhenAsked(
  container: Docker.Container,
  { timeout, grace, image }: ContainerPlan,
  signal: AbortSignal,
): { throwIfAsked(): void; over(): Promise<void> } {
  const seconds = grace === undefined ? GRACE_SECONDS : Math.ceil(parseDuration(grace) / 1_000_000);
  let isLate = false;
  let stopping: Promise<unknown> = Promise.resolve();
  const stop = (): void => {
    // One that has ended, or was removed by somebody else, needs no end; what else is wrong shows where its end is waited for.
    stopping = container.stop({ t: seconds }).catch(() => undefined);
  };
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(
          () => {
            isLate = true;
            stop();
          },
          Math.min(parseDuration(timeout) / 1_000, LONGEST_TIMER_MS),
        );
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return {
    throwIfAsked: () => {
      signal.throwIfAborted();
      if (isLate)
        throw new MillraceError("TIMEOUT", `the container of ${image} ran longer than its timeout of ${timeout}`);
    },
    over: async () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      await stopping;
    },
  };
}

async function removeIt(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (!isMissing(error) && !isAlready(error)) throw error;
  }
}
