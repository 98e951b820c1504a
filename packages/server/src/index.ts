export { dagsFor, may, type Caller } from "./access/caller.ts";
export { createServer, type ServerOptions } from "./create-server.ts";
export { Problem } from "./http/problem.ts";
export type { Authenticate } from "./http/serve-route.ts";
export type { CommandSender, ServerPorts } from "./ports.ts";
export type { ServerSettings } from "./settings.ts";
