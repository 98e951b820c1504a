import { Agent, request } from "node:http";
import { quantile } from "../statistics.ts";
import type { MeasuredServer } from "./api-server.ts";

/** What clients ask for, one request after the other. */
export interface Wish {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
}

/** How the answers came. */
export interface Served {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends requests over `clients` connections, each as soon as the answer before has come. @throws Error at the first answer that is no success */
export async function load(
  server: MeasuredServer,
  wishOf: (index: number) => Wish,
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<Served> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  let next = 0;
  const endMs = performance.now() + seconds * 1_000;
  const beganMs = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const wish = wishOf(next);
      next += 1;
      const sentMs = performance.now();
      await send(server, wish, agent);
      times.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  const elapsed = (performance.now() - beganMs) / 1_000;
  return { perSecond: times.length / elapsed, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

/** Opens streams of events that are read and thrown away. @returns what closes them */
export async function openStreams(server: MeasuredServer, count: number): Promise<() => void> {
  const agent = new Agent({ maxSockets: count });
  const open = (): Promise<() => void> =>
    new Promise((opened, failed) => {
      const sent = request(`${server.url}/api/millrace/v1/events`, {
        agent,
        headers: { authorization: server.authorization, accept: "text/event-stream" },
      });
      sent.once("error", failed);
      sent.once("response", (response) => {
        if (response.statusCode !== 200) failed(new Error(`the event stream answered ${response.statusCode}`));
        response.resume().on("error", () => undefined);
        opened(() => sent.destroy());
      });
      sent.end();
    });
  const closes = await Promise.all(Array.from({ length: count }, open));
  return () => {
    for (const close of closes) close();
    agent.destroy();
  };
}

function send(server: MeasuredServer, { method, path, body }: Wish, agent: Agent): Promise<void> {
  return new Promise((done, failed) => {
    const sent = request(server.url + path, {
      method,
      agent,
      headers: {
        authorization: server.authorization,
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    sent.once("error", failed);
    sent.once("response", (response) => {
      response.resume().once("end", () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) done();
        else failed(new Error(`${method} ${path} answered ${status}`));
      });
    });
    sent.end(body);
  });
}
