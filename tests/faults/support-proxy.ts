import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** When a connection is cut: once the server has answered, the answer being lost; or as soon as the statement is sent, whatever becomes of it. */
export type Cut = "afterAnswer" | "onceSent";

/** A way to a PostgreSQL server that loses connections when it is told to. */
export interface Proxy extends AsyncDisposable {
  /** The server's URL through the proxy. */
  readonly url: string;
  /** How many connections were cut, by kind. */
  readonly cuts: Readonly<Record<Cut, number>>;
  /** Asked for each statement that commits a batch: cut its connection? */
  decide: (count: number) => Cut | undefined;
  /** How long a read of results is held back, in milliseconds. Default 0. */
  readDelayMs: number;
}

/** How each commit of the store is recognised on the wire: the name of its statement, or the function that it calls. */
const COMMIT = Buffer.from("commit_batch_1");
/** How a read of results is recognised. */
const READ = Buffer.from("result_meta as meta");
const PORT = 5432;

/** Puts a proxy before the server of a URL that names a Unix socket. */
export async function startProxy(url: string): Promise<Proxy> {
  const target = socketOf(url);
  const folder = await mkdtemp(join(tmpdir(), "mr-proxy-"));
  const open = new Set<Socket>();
  const cuts: Record<Cut, number> = { afterAnswer: 0, onceSent: 0 };
  let commits = 0;
  const proxy = { decide: (_count: number): Cut | undefined => undefined, readDelayMs: 0 };
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      open.add(socket);
      // A cut connection makes errors on both sides: that is what it is for.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.end();
      });
    }
    let armed: Cut | undefined;
    client.on("data", (data) => {
      if (proxy.readDelayMs > 0 && data.includes(READ)) {
        client.pause();
        setTimeout(() => {
          upstream.write(data);
          client.resume();
        }, proxy.readDelayMs);
        return;
      }
      if (data.includes(COMMIT)) {
        commits += 1;
        armed = proxy.decide(commits);
      }
      upstream.write(data);
      if (armed !== "onceSent") return;
      cuts.onceSent += 1;
      upstream.end();
      client.destroy();
    });
    upstream.on("data", (data) => {
      if (armed === undefined) {
        client.write(data);
        return;
      }
      if (armed === "afterAnswer") cuts.afterAnswer += 1;
      client.destroy();
    });
  });
  server.listen(join(folder, `.s.PGSQL.${PORT}`));
  await once(server, "listening");
  return Object.assign(proxy, {
    url: url.replace(/host=[^&]*/, `host=${encodeURIComponent(folder)}`).replace(/port=\d+/, `port=${PORT}`),
    cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

function socketOf(url: string): string {
  const params = new URLSearchParams(url.split("?")[1]);
  const host = params.get("host");
  if (host === null) throw new Error(`${url} names no Unix socket`);
  return join(host, `.s.PGSQL.${params.get("port") ?? PORT}`);
}
