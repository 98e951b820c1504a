import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const TOKEN = "xoxb-1-tests";
const WEBHOOK = "T000/B000/secret";
const MOST_BLOCKS = 50;
const MOST_TEXT = 40_000;
const MOST_SECTION = 3_000;
const MOST_HEADER = 150;
const MOST_FIELDS = 10;
const MOST_FIELD = 2_000;

/** A message that was taken. */
export interface TakenMessage {
  /** Absent for the webhook. */
  readonly channel?: string;
  readonly thread?: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

interface Block {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly fields?: unknown;
}

/** A server that speaks as Slack's public description says; see {@link startSlack}. */
export interface SlackServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly webhookToken: string;
  readonly messages: TakenMessage[];
  /** Answers to the next requests, before anything else: a status with headers, or `hang`. */
  readonly next: ("hang" | { readonly status: number; readonly headers?: Readonly<Record<string, string>> })[];
}

/**
 * Starts a server with what Slack's reference describes of `auth.test`, `chat.postMessage` and incoming webhooks: bearer token, form or JSON, errors as
 * `ok: false` with status 200 (of webhooks a word with 400 or 403), and the limits of Block Kit. The channels are `#data` and `C1`.
 */
export async function startSlack(): Promise<SlackServer> {
  const messages: TakenMessage[] = [];
  const next: SlackServer["next"] = [];
  const server = createServer((request, response) => {
    void answer(request, response, { messages, next });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: TOKEN,
    webhookToken: WEBHOOK,
    messages,
    next,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { messages, next }: Pick<SlackServer, "messages" | "next">,
): Promise<void> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  const planned = next.shift();
  if (planned === "hang") return;
  if (planned !== undefined) return void response.writeHead(planned.status, planned.headers).end("");
  if (request.method !== "POST") return void response.writeHead(405).end();
  if (request.url === `/services/${WEBHOOK}`) return answerWebhook(body, response, messages);
  if (request.url?.startsWith("/services/") === true) return void response.writeHead(403).end("invalid_token");
  const fields = fieldsOf(body, request.headers["content-type"] ?? "");
  const said = answerApi(request, fields, messages);
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(said));
}

function answerWebhook(body: string, response: ServerResponse, messages: TakenMessage[]): void {
  const fields = parse(body);
  const refuse = (word: string): void => void response.writeHead(400).end(word);
  if (fields === undefined) return refuse("invalid_payload");
  const { text = "", blocks = [] } = fields as { readonly text?: string; readonly blocks?: readonly Block[] };
  const fault = faultOf(text, blocks);
  if (fault !== undefined) return refuse(fault);
  messages.push({ text, blocks });
  response.writeHead(200).end("ok");
}

function answerApi(
  { url, headers }: IncomingMessage,
  fields: Readonly<Record<string, unknown>> | undefined,
  messages: TakenMessage[],
): object {
  const error = (word: string, details?: readonly string[]): object => ({
    ok: false,
    error: word,
    ...(details && { response_metadata: { messages: details } }),
  });
  if (headers.authorization === undefined) return error("not_authed");
  if (headers.authorization !== `Bearer ${TOKEN}`) return error("invalid_auth");
  if (url === "/api/auth.test") return { ok: true, team: "Tests", user: "millrace" };
  if (url !== "/api/chat.postMessage") return error("unknown_method");
  if (fields === undefined) return error("invalid_form_data");
  const { channel, text = "", thread_ts: thread } = fields;
  const blocks = typeof fields["blocks"] === "string" ? parse(fields["blocks"]) : (fields["blocks"] ?? []);
  if (!Array.isArray(blocks)) return error("invalid_blocks_format");
  if (channel !== "#data" && channel !== "C1") return error("channel_not_found");
  const fault = faultOf(String(text), blocks as readonly Block[]);
  if (fault !== undefined) return error(fault, ["[ERROR] see the reference of Block Kit"]);
  const about = typeof thread === "string" ? { thread } : {};
  messages.push({ channel, text: String(text), blocks: blocks as readonly Block[], ...about });
  return { ok: true, channel: "C1", ts: `1700000000.${String(messages.length).padStart(6, "0")}` };
}

function fieldsOf(body: string, type: string): Readonly<Record<string, unknown>> | undefined {
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(body));
  return type.startsWith("application/json") ? (parse(body) as Record<string, unknown> | undefined) : undefined;
}

function faultOf(text: string, blocks: readonly Block[]): string | undefined {
  if (text === "" && blocks.length === 0) return "no_text";
  if (text.length > MOST_TEXT) return "msg_too_long";
  return blocks.length > MOST_BLOCKS || !blocks.every(isBlock) ? "invalid_blocks" : undefined;
}

function isBlock({ type, text, fields }: Block): boolean {
  switch (type) {
    case "divider":
      return true;
    case "header":
      return isText(text, MOST_HEADER, ["plain_text"]);
    case "section": {
      const list = fields === undefined ? [] : fields;
      const areFields =
        Array.isArray(list) && list.length <= MOST_FIELDS && list.every((one) => isText(one, MOST_FIELD));
      return areFields && (text === undefined ? list.length > 0 : isText(text, MOST_SECTION));
    }
    default:
      return false;
  }
}

function isText(value: unknown, most: number, types: readonly string[] = ["plain_text", "mrkdwn"]): boolean {
  const { type, text } = (value ?? {}) as { readonly type?: unknown; readonly text?: unknown };
  return types.includes(String(type)) && typeof text === "string" && text.length > 0 && text.length <= most;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What is no JSON is answered with Slack's word for it.
    return undefined;
  }
}
