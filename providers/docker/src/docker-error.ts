import { MillraceError, Permanent } from "@millrace/core";

const QUOTED_CHARS = 500;
/** What registries say, by way of the engine, that stays true however often they are asked. */
const REFUSED_LOGIN = /denied|unauthorized|no basic auth credentials|incorrect username or password/i;
const REFUSED_IMAGE = /manifest unknown|not found|no such image|invalid reference|does not exist/i;

interface EngineError extends Error {
  readonly statusCode?: number;
  readonly reason?: string;
  /** What the engine said; of a request for a stream the answer itself, which has been read. */
  readonly json?: { readonly message?: unknown };
  readonly code?: string;
}

/**
 * What an error of the engine or the way to it means.
 *
 * @returns Permanent for a request that the engine refuses (400, 401, 403, 404), an image that a registry refuses, and a socket without permission;
 *   otherwise MillraceError UNREACHABLE
 */
export function errorOfDocker(
  error: unknown,
  { asked, address }: { readonly asked: string; readonly address: string },
): Error {
  const { statusCode, json, reason, message, code } = asEngineError(error);
  const where = `${asked}: the Docker Engine at ${address}`;
  if (statusCode !== undefined) {
    const said = saidIn({ json, reason, message }).trim().slice(0, QUOTED_CHARS);
    const isLogin = statusCode >= 400 && REFUSED_LOGIN.test(said);
    const hint = isLogin ? ". Check login, password and extra.registry of the connection" : "";
    const text = `${where} answered with status ${statusCode}: ${said}${hint}`;
    // A registry's refusal is an error of the server to the engine.
    const isRefused =
      [400, 401, 403, 404].includes(statusCode) || (statusCode === 500 && (isLogin || REFUSED_IMAGE.test(said)));
    return isRefused ? new Permanent(text, { cause: error }) : new MillraceError("UNREACHABLE", text, { cause: error });
  }
  switch (code) {
    case "EACCES":
      return new Permanent(
        `${where} may not be used by this user: ${message}. Add the user of the worker to the socket's group`,
        { cause: error },
      );
    case "ENOENT":
    case "ECONNREFUSED":
      return new MillraceError("UNREACHABLE", `${where} does not answer: ${message}. Is it running?`, { cause: error });
    default:
      return new MillraceError("UNREACHABLE", `${where} failed: ${message.slice(0, QUOTED_CHARS)}`, { cause: error });
  }
}

function saidIn({ json, reason, message }: Pick<EngineError, "json" | "reason" | "message">): string {
  if (typeof json?.message === "string") return json.message;
  // The client puts what it read of a stream behind words of its own.
  const [, said] = /^\(HTTP code \d+\) [^-]* - ([^]+)$/.exec(message) ?? [];
  return said ?? reason ?? message;
}

/** True when the engine says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return asEngineError(error).statusCode === 404;
}

/** True when the engine is at it already, or has done it. */
export function isAlready(error: unknown): boolean {
  return [304, 409].includes(asEngineError(error).statusCode ?? 0);
}

function asEngineError(error: unknown): EngineError {
  return error instanceof Error ? error : new Error(String(error));
}
