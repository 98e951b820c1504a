import { createClient, type MillraceClient } from "@millrace/api";
import { readCsrfToken, reportLostSession } from "./session-store.ts";

const SAFE = new Set(["GET", "HEAD"]);
/** A wrong password is answered with 401, too, and is no lost session. */
const SESSION_PATH = "/api/millrace/v1/session";

/** The one connection to the server that this page came from. Session cookies go along by themselves. */
export const client: MillraceClient = createClient({
  url: location.origin,
  fetch: async (input, init) => {
    const headers = new Headers(init?.headers);
    const token = readCsrfToken();
    if (token !== undefined && !SAFE.has(init?.method ?? "GET")) headers.set("x-csrf-token", token);
    const response = await fetch(input, { ...init, headers, credentials: "same-origin" });
    const { pathname } = new URL(response.url);
    if (response.status === 401 && pathname !== SESSION_PATH) reportLostSession();
    return response;
  },
});
