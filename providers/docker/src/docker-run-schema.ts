const EXIT_CODES = { type: "array", items: { type: "integer", minimum: 1, maximum: 255 } } as const;

/** The options of the operator `dockerRun`. */
export const DOCKER_RUN_SCHEMA = {
  type: "object",
  required: ["image"],
  additionalProperties: false,
  properties: {
    connection: {
      anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
      description: "A connection of the type `docker`, or its id. Default: the engine of the worker's machine.",
    },
    image: { type: "string", minLength: 1, description: "With tag or digest: `busybox:1.36`." },
    command: {
      anyOf: [
        { type: "string", minLength: 1 },
        { type: "array", items: { type: "string" }, minItems: 1 },
      ],
      description: "A text for the container's `sh`, or a program and its arguments. Default: what the image says.",
    },
    entrypoint: { type: "array", items: { type: "string" }, description: "In place of the image's." },
    env: {
      type: "object",
      description:
        "Values may be secrets; they are revealed to the container, where whoever may ask the engine can read them.",
    },
    workingDir: { type: "string", minLength: 1, description: "Folder in the container." },
    mounts: {
      type: "array",
      description: "Each with `target`, `source`, `type` (`bind`, `volume` or `tmpfs`) and `readOnly`.",
      items: {
        type: "object",
        required: ["target"],
        additionalProperties: false,
        properties: {
          type: { enum: ["bind", "volume", "tmpfs"] },
          source: { type: "string" },
          target: { type: "string", minLength: 1 },
          readOnly: { type: "boolean" },
        },
      },
    },
    network: {
      type: "string",
      minLength: 1,
      description: "Name of a network, `none` or `host`. Default: the engine's.",
    },
    memory: { type: "string", minLength: 1, description: "`512m`, `2g`. Default no limit." },
    cpus: {
      type: "number",
      exclusiveMinimum: 0,
      description: "Processors, also parts of one: `0.5`. Default no limit.",
    },
    user: { type: "string", minLength: 1, description: "`1000`, `1000:1000` or a name. Default: the image's." },
    labels: { type: "object", additionalProperties: { type: "string" }, description: "Beside those of Millrace." },
    pull: {
      enum: ["always", "missing", "never"],
      default: "missing",
      description: "When the image is pulled, with the registry's login of the connection.",
    },
    remove: {
      enum: ["always", "success", "never"],
      default: "always",
      description: "Whether the container is removed when it has ended; `success` keeps one that failed.",
    },
    timeout: { type: "string", description: "From its start, for example `10m`; then it is ended and the try fails." },
    grace: {
      type: "string",
      default: "3s",
      description:
        "Between SIGTERM and SIGKILL, when it has to end. Keep it below the grace of the executor (`executor.graceMs`).",
    },
    result: {
      enum: ["lastLine", "json", "none"],
      default: "lastLine",
      description:
        "`lastLine`: the last line of stdout that is not blank. `json`: all of stdout, or else its last line. `none`: no result.",
    },
    skipExitCodes: { ...EXIT_CODES, default: [99], description: "Exit codes that skip the task." },
    permanentExitCodes: {
      ...EXIT_CODES,
      default: [],
      description: "Exit codes that fail the task at once, whatever tries are left.",
    },
  },
} as const;
