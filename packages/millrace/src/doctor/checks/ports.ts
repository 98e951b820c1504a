import { connect, type NetConnectOpts } from "node:net";
import { join } from "node:path";
import { inspectEmbedded } from "@millrace/store";
import { makeCheck } from "../check.ts";
import { showMs } from "../percentile.ts";
import { bad, ok, warn, type Verdict } from "../verdict.ts";

const CONNECT_LIMIT_MS = 3_000;
const SLOW_CONNECT_MS = 200;

/** How a connection went: after how many milliseconds, or with which code it failed. */
export type Dialled = { readonly ms: number } | { readonly code: string };

/** Where the database is reached, and whether something answers there. */
export type PortFacts =
  | { readonly kind: "none" }
  | { readonly kind: "embedded"; readonly socket: string; readonly dialled: Dialled; readonly server?: number }
  | { readonly kind: "server"; readonly place: string; readonly dialled: Dialled };

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens there: start the database server, or correct host and port in database.url.",
  ENOENT: "There is no such socket: start the database server, or correct the host in database.url.",
  ENOTFOUND: "Its name is not known: correct the host in database.url, or the name service.",
  EAI_AGAIN: "The name service does not answer: look at the network of this machine.",
  EACCES: "This user may not use the socket: call it as the user who owns it.",
};

/** A server that does not answer is bad; so is one that runs and cannot be reached. */
export function judgePorts(facts: PortFacts): readonly Verdict[] {
  if (facts.kind === "none")
    return [ok("Millrace listens on no TCP port; the embedded database gets a socket when it is made")];
  const { dialled } = facts;
  if (facts.kind === "server") {
    if ("code" in dialled)
      return [
        bad(
          `${facts.place} does not answer (${dialled.code})`,
          ADVICE[dialled.code] ?? "Look at the network and its firewalls between this machine and the database.",
        ),
      ];
    const fact = `${facts.place} answers within ${showMs(dialled.ms)}; Millrace itself listens on no TCP port`;
    return [
      dialled.ms > SLOW_CONNECT_MS
        ? warn(fact, "Run Millrace nearer to its database: each step of a run waits for it.")
        : ok(fact),
    ];
  }
  if ("ms" in dialled) return [ok(`Millrace listens on no TCP port; the embedded database answers at ${facts.socket}`)];
  if (facts.server === undefined)
    return [
      ok(`Millrace listens on no TCP port; the embedded database does not run (its socket will be ${facts.socket})`),
    ];
  return [
    bad(
      `the embedded database (process ${facts.server}) runs, and its socket does not answer (${dialled.code}): ${facts.socket}`,
      "Call it as the user who owns the data folder. If the socket was deleted, stop Millrace and start it again.",
    ),
  ];
}

/** The socket or the port of the database. */
export const portsCheck = makeCheck({
  name: "ports",
  about: "the port or socket of the database, and whether something answers there",
  needs: "project",
  gather: async ({ config }): Promise<PortFacts> => {
    const { url } = config.database;
    if (url !== undefined) {
      const { place, options } = placeOf(url);
      return { kind: "server", place, dialled: await dial(options) };
    }
    const { socket, server } = await inspectEmbedded(join(config.core.dataFolder, "postgres"));
    if (socket === undefined) return { kind: "none" };
    return { kind: "embedded", socket, dialled: await dial({ path: socket }), ...(server && { server: server.pid }) };
  },
  judge: judgePorts,
});

/** libpq's URLs may name the host, or the folder of a socket, in the query; to `URL` they then have none. */
function placeOf(url: string): { readonly place: string; readonly options: NetConnectOpts } {
  const query = new URLSearchParams(url.split("?")[1] ?? "");
  const [, hostText = "", portText = ""] = /^[a-z]+:\/\/(?:[^@/?]*@)?(\[[^\]]*\]|[^:/?]*)(?::(\d+))?/i.exec(url) ?? [];
  const host = query.get("host") ?? (decodeURIComponent(hostText).replace(/^\[|\]$/g, "") || "localhost");
  const port = Number(query.get("port") ?? (portText || "5432"));
  if (!host.startsWith("/")) return { place: `${host}:${port}`, options: { host, port } };
  const path = join(host, `.s.PGSQL.${port}`);
  return { place: path, options: { path } };
}

async function dial(options: NetConnectOpts): Promise<Dialled> {
  const startedAt = performance.now();
  return await new Promise((fulfil) => {
    const socket = connect({ ...options, timeout: CONNECT_LIMIT_MS });
    const end = (dialled: Dialled): void => {
      socket.destroy();
      fulfil(dialled);
    };
    socket.once("connect", () => end({ ms: performance.now() - startedAt }));
    socket.once("timeout", () => end({ code: "ETIMEDOUT" }));
    socket.once("error", (error: NodeJS.ErrnoException) => end({ code: error.code ?? error.message }));
  });
}
