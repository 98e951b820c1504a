import { MillraceError, Permanent } from "@millrace/core";
import type { MailServer } from "./mail-server.ts";

const QUOTED_CHARS = 300;

interface MailError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/**
 * What an error of the mail client means, by RFC 5321: 5xx is Permanent, 4xx is not.
 *
 * @returns Permanent for a 5xx, a refused login, and what the client itself refuses to send; otherwise MillraceError UNREACHABLE or TIMEOUT
 */
export function errorOfMail(
  error: unknown,
  { asked, server }: { readonly asked: string; readonly server: Pick<MailServer, "connectionId" | "host" | "port"> },
): Error {
  const { code, responseCode, response, message } = asMailError(error);
  const where = `${asked} at the mail server ${server.host}:${server.port}`;
  const said = (response ?? message).trim().slice(0, QUOTED_CHARS);
  // Before the codes: a server without STARTTLS calls it an unknown command, with 500.
  if (code === "ETLS")
    return new MillraceError(
      "UNREACHABLE",
      `${where} found no TLS: ${said}. A login needs it, unless extra.use_tls of the connection ${server.connectionId} is false`,
      { cause: error },
    );
  if (responseCode !== undefined && responseCode >= 500) {
    const hint = code === "EAUTH" ? `. Check login and password of the connection ${server.connectionId}` : "";
    return new Permanent(`${where} was refused: ${said}${hint}`, { cause: error });
  }
  if (responseCode !== undefined && responseCode >= 400)
    return new MillraceError("UNREACHABLE", `${where} was put off: ${said}. Another try may pass`, { cause: error });
  switch (code) {
    case "ETIMEDOUT":
      return new MillraceError("TIMEOUT", `${where} took too long: ${said}`, { cause: error });
    case "EAUTH":
    case "EENVELOPE":
    case "EMESSAGE":
      return new Permanent(`${where} is not possible: ${said}`, { cause: error });
    default:
      return new MillraceError(
        "UNREACHABLE",
        `${where} failed: ${said}. Is the server running, and its address right?`,
        {
          cause: error,
        },
      );
  }
}

/** True when nothing was said to the server yet, so that trying again sends nothing twice. */
export function isBeforeHello(error: unknown): boolean {
  const cause = asMailError(error);
  return cause.code === "EDNS" || (cause.code === "ESOCKET" && /ECONNREFUSED|EHOSTUNREACH/.test(cause.message));
}

function asMailError(error: unknown): MailError {
  return error instanceof Error ? error : new Error(String(error));
}
