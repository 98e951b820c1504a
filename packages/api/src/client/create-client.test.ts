import type { MillraceError } from "@millrace/core";
import { expect, test } from "vitest";
import { clearRun, triggerRun } from "../own/commands.ts";
import { listRuns } from "../own/runs.ts";
import { createClient } from "./create-client.ts";

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose requests are answered in order by these. */
function aClient(...answers: readonly (Response | Error)[]) {
  const sent: Sent[] = [];
  const answer: typeof fetch = async (url, init = {}) => {
    sent.push({ url: url as string, init });
    const next = answers[sent.length - 1];
    if (next === undefined) throw new TypeError("no more answers");
    if (next instanceof Error) throw next;
    return next;
  };
  return { sent, client: createClient({ url: "https://here/base/", token: "secret-token", fetch: answer }) };
}

function problem(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });
}

test("a call fills the path, leaves out what is undefined, and says who asks", async () => {
  const { client, sent } = aClient(Response.json({ items: [] }), Response.json({ ok: 1 }));
  await client.call(listRuns, { query: { dagId: "a b&c", limit: 5, after: undefined } });
  await client.call(triggerRun, { params: { dagId: "a/b" }, body: {} }, { idempotencyKey: "k" });
  expect(sent[0].url).toBe("https://here/base/api/millrace/v1/runs?dagId=a+b%26c&limit=5");
  expect(sent[0].init).toMatchObject({ method: "GET", headers: { authorization: "Bearer secret-token" } });
  expect(sent[1].url).toBe("https://here/base/api/millrace/v1/dags/a%2Fb/runs");
  expect(sent[1].init).toMatchObject({ method: "POST", body: "{}", headers: { "idempotency-key": "k" } });
});

test("a refusal is a MillraceError with the server's code, sentence and hint; a token never shows", async () => {
  const { client } = aClient(
    problem(412, { code: "CHANGED_MEANWHILE", detail: "it is at version 7", hint: "Look again." }),
    problem(404, { title: "Not Found", detail: null }),
    new Response("<html>bad gateway</html>", { status: 502 }),
    Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }),
  );
  const call = (): Promise<unknown> => client.call(clearRun, { params: { runId: 1 }, body: {} }, { ifMatch: 6 });
  await expect(call()).rejects.toMatchObject({
    code: "CHANGED_MEANWHILE",
    message: "it is at version 7",
    details: { status: 412, hint: "Look again." },
  });
  await expect(call()).rejects.toMatchObject({ code: "NOT_FOUND", message: "Not Found" });
  await expect(call()).rejects.toMatchObject({ code: "SERVER_FAILED", message: "the server answered 502" });
  const error: unknown = await call().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "NO_SERVER", message: expect.stringContaining("ECONNREFUSED") as string });
  expect(JSON.stringify(error) + String(error)).not.toContain("secret-token");
  expect(() => createClient({ url: "here" })).toThrow("no URL of a server");
});

test.each(["http://user:hunter2@here", "http://user:hun/ter2@here", "ftp://user:hunter2@here"])(
  "the password in the URL %s of a server that does not answer is in no error",
  async (url) => {
    const call = async (): Promise<unknown> => {
      const fetchNone = (): Promise<never> => Promise.reject(new TypeError("fetch failed"));
      return await createClient({ url, fetch: fetchNone }).call(clearRun, { params: { runId: 1 }, body: {} });
    };
    const error = (await call().catch((reason: unknown) => reason)) as MillraceError;
    expect(error.message).toContain("//***@here");
    expect(JSON.stringify(error.details ?? {}) + String(error)).not.toContain("ter2");
  },
);

test("API v1 is called by its operations, names and passwords are sent as they are", async () => {
  const sent: Sent[] = [];
  const client = createClient({
    url: "http://here",
    username: "ada",
    password: "ä:b",
    fetch: async (url, init = {}) => {
      sent.push({ url: url as string, init });
      return Response.json({ dag_id: "x" });
    },
  });
  expect(await client.v1("get_dag", { path: { dag_id: "x/y" } })).toEqual({ dag_id: "x" });
  expect(sent[0].url).toBe("http://here/api/v1/dags/x%2Fy");
  const { authorization = "", accept } = sent[0].init.headers as Record<string, string>;
  expect(accept).toBe("application/json");
  expect(Buffer.from(authorization.slice("Basic ".length), "base64").toString()).toBe("ada:ä:b");
});

test("events go on after the last one when the connection breaks in the middle of one", async () => {
  const event = (id: string, runId: number): string =>
    `id: ${id}\nevent: run\ndata: {"type":"run","runId":${runId}}\n\n`;
  const stream = (...parts: readonly string[]): Response => {
    const bytes = new TextEncoder();
    const chunks = parts.map((part) => bytes.encode(part));
    return new Response(ReadableStream.from(chunks));
  };
  const { client, sent } = aClient(
    stream("retry: 1\n\n", event("a", 1).slice(0, 20), event("a", 1).slice(20) + event("b", 2).slice(0, 30)),
    new TypeError("terminated"),
    stream(": still here\nid: c\n\n", 'event: reconnect\nretry: 1\ndata: {"reason":"renew"}\n\n'),
    stream(event("d", 4)),
  );
  const heard: string[] = [];
  for await (const { id } of client.events()) {
    heard.push(id);
    if (id === "d") break;
  }
  expect(heard).toEqual(["a", "d"]);
  expect(sent.map(({ init }) => (init.headers as Record<string, string>)["last-event-id"])).toEqual([
    undefined,
    "a",
    "a",
    "c",
  ]);
});

test("a stream that is refused ends with the reason", async () => {
  const { client } = aClient(problem(403, { detail: "not yours" }));
  await expect(client.events().next()).rejects.toMatchObject({ code: "NOT_ALLOWED", message: "not yours" });
});
