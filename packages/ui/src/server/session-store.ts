import type { AnswerOf, getSession } from "@millrace/api";

/** Who is logged in, as the server says it. */
export type Session = AnswerOf<typeof getSession>;

type Listener = () => void;

let csrfToken: string | undefined;
const listeners = new Set<Listener>();

/** Keeps the token that unsafe requests must carry. */
export function keepCsrfToken(token: string | undefined): void {
  csrfToken = token;
}

/** The token of the session, when there is one. */
export function readCsrfToken(): string | undefined {
  return csrfToken;
}

/** Says that the server does not know this browser any more: whoever listens asks for a login. */
export function reportLostSession(): void {
  for (const listener of listeners) listener();
}

/** Hears of lost sessions. @returns what ends it */
export function onLostSession(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
