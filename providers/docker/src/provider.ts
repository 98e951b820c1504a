import { provider as defineProvider } from "@millrace/core";
import { DOCKER_TYPE } from "./connection-type.ts";
import { dockerRun } from "./docker-run.ts";

/** Docker. */
export const provider = defineProvider({
  id: "docker",
  title: "Docker",
  doc: [
    "Runs containers by the API of a Docker Engine, over its socket or TCP, with limits, logs, pull policy and removal. Tested with Docker Engine 20.10. It",
    "builds no images, gives no container more rights than the engine's own, and knows no swarm.",
  ].join("\n"),
  connectionTypes: [DOCKER_TYPE],
  operators: { dockerRun },
  parts: [
    {
      name: "openDocker",
      kind: "hook",
      doc: "A client with `version()`, `run(plan)` and `removeAll()`, for the bodies of tasks: `await using docker = await openDocker(undefined, { ctx })`.",
    },
  ],
});
