export type { ContainerMount, ContainerPlan, DockerContext } from "./container-options.ts";
export type { ContainerOutput } from "./container-output.ts";
export { dockerRun, type DockerRunFactory, type DockerRunOptions } from "./docker-run.ts";
export { openDocker, type DockerClient } from "./open-docker.ts";
export type { ContainerEnd } from "./run-container.ts";
