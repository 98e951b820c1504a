import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MillraceError, type PresentWebhook } from "@millrace/core";
import { signDelivery } from "@millrace/server/webhooks";
import type { Command } from "commander";
import type { Config } from "../../config.ts";
import { makeSecrets } from "../../system/secrets/make-secrets.ts";
import { webhookSecret } from "../../system/webhook-ports.ts";
import {
  action,
  addRowsOptions,
  makeCommand,
  type CommandContext,
  type RowsOptions,
  type Shell,
} from "../make-command.ts";
import { withProject } from "../open-project.ts";
import { printRecord, type Row } from "../output/print-rows.ts";

interface Options extends RowsOptions {
  readonly file: string;
  readonly url?: string;
  readonly header: readonly string[];
}

const TIMEOUT_MS = 30_000;
const MICROS = 1_000_000;

/** `millrace webhooks send NAME --file body.json`: signs a body as the sender would and delivers it. */
export function makeWebhooksSend(shell: Shell): Command {
  return addRowsOptions(makeCommand("send", "sign a body as its sender would, and deliver it to a server that runs"))
    .argument("<webhook>")
    .requiredOption("-f, --file <path>", "the body, JSON")
    .option("-u, --url <url>", "of the server; default: as this project's configuration says")
    .option("-H, --header <header>", "a header more, like 'X-GitHub-Event: push'; again for several", collect, [])
    .action(
      action(shell, async (context, [webhook]: [string], { file, url, header, ...options }: Options) => {
        const body = readBody(resolve(context.terminal.cwd, file));
        const signed = await sign(context, webhook, body);
        const headers = { "content-type": "application/json", ...signed, ...Object.fromEntries(header.map(split)) };
        const root = url === undefined ? localUrl(context.config) : readUrl(url);
        const answer = await post(`${root}/webhooks/${encodeURIComponent(webhook)}`, headers, body);
        printRecord(context.terminal, answer, options);
        return Number(answer["http_status"]) < 400 ? 0 : 1;
      }),
    );
}

async function sign(context: CommandContext, name: string, body: Buffer): Promise<Readonly<Record<string, string>>> {
  return await withProject(context, async ({ webhooks, engine }) => {
    const present = await webhooks.find(name);
    if (!present)
      throw new MillraceError("NOT_FOUND", `no DAG declares a webhook ${name}`, {
        details: { hint: "`millrace webhooks list` shows all." },
      });
    const secrets = makeSecrets(context.config, { env: context.terminal.env, database: engine });
    const secret = await firstSecret(present, secrets);
    return signDelivery(present.webhook.signature, secret, {
      body,
      nowSeconds: Math.floor((await engine.now()) / MICROS),
    });
  });
}

async function firstSecret(
  { webhook: { name, signature } }: PresentWebhook,
  secrets: Parameters<typeof webhookSecret>[1],
): Promise<string> {
  for (const secret of signature.secrets) {
    const found = await webhookSecret(secret, secrets);
    if (found !== undefined) return found;
  }
  const [first] = signature.secrets;
  const where = first.from === "variable" ? `variable ${first.key}` : `password of the connection ${first.id}`;
  throw new MillraceError("NOT_FOUND", `the secret of the webhook ${name} is not set: the ${where}`);
}

/** Where this project's server is reached from here. */
function localUrl({ server: { host, port, tlsCert } }: Config): string {
  const name = { "0.0.0.0": "127.0.0.1", "::": "::1" }[host] ?? host;
  return `${tlsCert === undefined ? "http" : "https"}://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** @throws MillraceError BAD_ARGUMENT for what is no URL of a server */
function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.origin + url.pathname.replace(/\/+$/, "");
  throw new MillraceError("BAD_ARGUMENT", `--url ${text}: write it like https://millrace.example.org`);
}

async function post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Row> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    return { http_status: answer.status, ...answerRow(text) };
  } catch (cause) {
    throw new MillraceError("UNREACHABLE", `no server answers at ${url}`, {
      cause,
      details: { hint: "Start one with `millrace api-server`, or name it with --url." },
    });
  }
}

function answerRow(text: string): Row {
  try {
    return JSON.parse(text) as Row;
  } catch {
    // Something else than Millrace answers there; what it says is shown.
    return { answer: text.slice(0, 500) };
  }
}

function readBody(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new MillraceError("BAD_ARGUMENT", `--file: ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function split(header: string): readonly [string, string] {
  const at = header.indexOf(":");
  const [name, value] = [header.slice(0, at).trim().toLowerCase(), header.slice(at + 1).trim()];
  if (at > 0 && isHeader(name, value)) return [name, value];
  throw new MillraceError("BAD_ARGUMENT", `--header ${header}: write it like 'X-GitHub-Event: push'`);
}

function isHeader(name: string, value: string): boolean {
  try {
    return new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
