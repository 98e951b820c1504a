import { RESOURCES, type Action, type Method } from "@millrace/api";
import { createServer, makeAuthenticate, type Caller, type ServerPorts, type ServerSettings } from "@millrace/server";
import { ensureRoles } from "@millrace/server/access";
import { pino } from "pino";
import { loadConfig } from "../../packages/millrace/src/config.ts";
import { makeServerPorts } from "../../packages/millrace/src/system/make-server-ports.ts";
import { serverSettings } from "../../packages/millrace/src/system/server-settings.ts";
import { requireContract } from "./require-contract.ts";
import { startEngine, type EngineHarness, type EngineHarnessOptions } from "./engine-harness.ts";

/** What a test server is made with. */
export interface ServerHarnessOptions {
  readonly engine?: EngineHarnessOptions;
  readonly settings?: Partial<ServerSettings>;
  /** Replaces parts of what the server is given. */
  readonly ports?: Partial<ServerPorts>;
  /** Requests are authenticated as in production, instead of by {@link RequestOptions.as}; the built-in roles are there. */
  readonly authenticates?: true;
}

/** What was answered. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  // Tests look into answers of every shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly json: any;
}

/** How a request differs from an administrator's without a body. */
export interface RequestOptions {
  readonly as?: Caller;
  /** Sent as JSON; text and bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server over a whole engine, on a real database. Every JSON answer of API v1 is held against the contract. */
export interface ServerHarness extends AsyncDisposable {
  readonly engine: EngineHarness;
  readonly ports: ServerPorts;
  readonly settings: ServerSettings;
  readonly app: Awaited<ReturnType<typeof createServer>>;
  request(method: Method, url: string, options?: RequestOptions): Promise<Answered>;
  get(url: string, options?: RequestOptions): Promise<Answered>;
  /** The status alone, as soon as it is known: also of streams that have no end. */
  statusOf(method: Method, url: string, options?: RequestOptions): Promise<number>;
}

const ACTIONS: readonly Action[] = ["can_read", "can_create", "can_edit", "can_delete", "menu_access"];

/** May everything. */
export const ADMIN: Caller = {
  kind: "user",
  name: "admin",
  permissions: new Set(ACTIONS.flatMap((action) => RESOURCES.map((resource) => `${action} ${resource}`))),
};

/** A caller with just these permissions, like `"can_read DAG:orders"`. */
export function aCaller(...permissions: readonly string[]): Caller {
  return { kind: "user", name: "somebody", permissions: new Set(permissions) };
}

/** A request as it is injected. */
interface Injected {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
}

/** Starts an engine and a server over it; nothing listens, requests are injected. Dispose of it. */
export async function startServer(options: ServerHarnessOptions = {}): Promise<ServerHarness> {
  const engine = await startEngine(options.engine);
  const config = loadConfig({ folder: engine.dataFolder, env: { MILLRACE__CORE__DATA_FOLDER: engine.dataFolder } });
  const log = pino({ level: "silent" });
  const ports = { ...(await makeServerPorts({ config, store: engine.store, log })), ...options.ports };
  const settings = { ...serverSettings(config, "0.0.0-test"), ...options.settings };
  const callers = new Map<string, Caller>();
  if (options.authenticates) await ensureRoles(ports.accounts);
  const app = await createServer({
    ports,
    settings,
    log,
    authenticate: options.authenticates
      ? makeAuthenticate({ ...ports, settings: settings.auth })
      : async (request) => callers.get(String(request.headers["x-test-caller"])) ?? ADMIN,
  });
  await app.ready();
  const wished = (method: Method, url: string, { as, body, headers = {} }: RequestOptions): Injected => {
    const name = String(callers.size);
    if (as) callers.set(name, as);
    const isRaw = typeof body === "string" || Buffer.isBuffer(body);
    return {
      method,
      url,
      headers: {
        ...(as && { "x-test-caller": name }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { payload: isRaw ? body : JSON.stringify(body) }),
    };
  };
  const request: ServerHarness["request"] = async (method, url, options = {}) => {
    const response = await app.inject(wished(method, url, options));
    const isJson = /json/.test(String(response.headers["content-type"]));
    const json: unknown = isJson && response.body !== "" ? JSON.parse(response.body) : undefined;
    if (url.startsWith("/api/v1/")) requireContract({ method, url, status: response.statusCode, json });
    return { status: response.statusCode, headers: response.headers, text: response.body, json };
  };
  return {
    engine,
    ports,
    settings,
    app,
    request,
    get: (url, how) => request("GET", url, how),
    statusOf: async (method, url, how = {}) => {
      const response = await app.inject({ ...wished(method, url, how), payloadAsStream: true });
      response.stream().destroy();
      return response.statusCode;
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await engine.stop();
    },
  };
}
