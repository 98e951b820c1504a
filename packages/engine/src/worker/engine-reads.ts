import {
  connectionSecrets,
  isSecretName,
  missingConnection,
  missingVariable,
  MillraceError,
  parseConnection,
  type Connection,
} from "@millrace/core";
import type { WorkerTools } from "./worker-tools.ts";

/** Variables and connections as one dispatch or callback reads them, each once. What is secret in them is masked from then on. */
export class EngineReads {
  readonly #credential: string;
  readonly #tools: WorkerTools;
  readonly #variables = new Map<string, Promise<string | undefined>>();
  readonly #connections = new Map<string, Promise<Connection>>();

  /** @param credential id of the dispatch or callback, which the engine checks. */
  constructor(credential: string, tools: WorkerTools) {
    this.#credential = credential;
    this.#tools = tools;
  }

  findVariable(key: string): Promise<string | undefined> {
    return once(this.#variables, key, async () => {
      const text = await this.#tools.client.variable(this.#credential, key);
      if (text !== undefined && text !== null && isSecretName(key)) this.#tools.secrets.add(text);
      // An answer that crossed IPC has null in place of undefined.
      return text ?? undefined;
    });
  }

  /** @throws MillraceError NOT_FOUND */
  async variable(key: string): Promise<string> {
    const text = await this.findVariable(key);
    if (text === undefined) throw new MillraceError("NOT_FOUND", missingVariable(key));
    return text;
  }

  /** @throws MillraceError NOT_FOUND */
  connection(id: string): Promise<Connection> {
    return once(this.#connections, id, async () => {
      const text = await this.#tools.client.connection(this.#credential, id);
      if (text === undefined || text === null) throw new MillraceError("NOT_FOUND", missingConnection(id));
      const connection = parseConnection(id, text);
      for (const secret of connectionSecrets(connection)) this.#tools.secrets.add(secret);
      return connection;
    });
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  let value = known.get(key);
  if (value === undefined) {
    value = read();
    known.set(key, value);
  }
  return value;
}
