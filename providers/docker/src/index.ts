export type { ContainerMount, ContainerPlan } from "./container-options.ts";
export type { ContainerOutput } from "./container-output.ts";
export { dockerRun, type DockerRunFactory, type DockerRunOptions } from "./docker-run.ts";
export { openDocker, type DockerClient, type DockerContext } from "./open-docker.ts";
export type { ContainerEnd } from "./run-container.ts";
