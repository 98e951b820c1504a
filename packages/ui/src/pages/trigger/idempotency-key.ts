import { useRef } from "react";

/** Gives the same key for the same request: pressed twice, a button makes one run; changed and sent again, another. */
export function useIdempotencyKey(): (request: unknown) => string {
  const last = useRef<{ readonly text: string; readonly key: string }>(undefined);
  return (request) => {
    const text = JSON.stringify(request);
    if (last.current?.text !== text) last.current = { text, key: randomKey() };
    return last.current.key;
  };
}

/** `crypto.randomUUID` is not there on pages without TLS. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
