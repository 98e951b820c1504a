import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cron, dag, Secret, type Args, type Connection } from "millrace";
import { testDag, testOperator, type TaskResult } from "millrace/testing";
import { mailNotifier, sendMail, type SendMailOptions } from "@millrace/provider-smtp";
import { provider } from "@millrace/provider-smtp/provider";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startSmtp, type ReceivedMail, type SmtpServer } from "../../servers/smtp.ts";

let plain: SmtpServer;
let upgraded: SmtpServer;
let encrypted: SmtpServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-mail-"));
  const users = { "ada@example.com": "ada's own" };
  plain = await startSmtp();
  upgraded = await startSmtp({ tls: "upgrade", users });
  encrypted = await startSmtp({ tls: "start", users });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of [plain, upgraded, encrypted]) await server?.stop();
});
beforeEach(() => {
  for (const server of [plain, upgraded, encrypted]) server.mails.length = 0;
});

const to = (server: SmtpServer, extra: Connection["extra"] = {}): Connection => ({
  id: "mail",
  type: "smtp",
  host: server.host,
  port: server.port,
  extra: { from_email: "Millrace <millrace@example.com>", ...extra },
});
const asAda = (server: SmtpServer, password: string, extra: Connection["extra"] = {}): Connection => ({
  ...to(server, { ca_cert: server.certificate, ...extra }),
  login: "ada@example.com",
  password: new Secret(password),
});
const send = async (connection: Connection, mail: Partial<Args<SendMailOptions>> = {}): Promise<TaskResult> =>
  await testOperator(sendMail({ connection, to: "eve@example.com", subject: "Hello", text: "…", ...mail }));
const idOf = (mail: ReceivedMail | undefined): string | undefined =>
  /^Message-ID: (.*)$/m.exec(mail?.source ?? "")?.[1];

test("a mail has its receivers, templates, both contents and files, and bcc stays unseen", async () => {
  const file = join(folder, "report.csv");
  writeFileSync(file, "a,b\n1,2\n");
  const sent = await send(to(plain), {
    to: ["Eve <eve@example.com>", "ulla@example.com, otto@example.com"],
    cc: "carl@example.com",
    bcc: "bea@example.com",
    subject: "Orders of {{ ds }}: größer",
    text: "Run {{ run_id }}",
    html: "<b>{{ dag.dag_id }}</b>",
    attachments: [file, { path: file, filename: "other.txt", contentType: "text/plain" }],
  });
  expect(sent).toMatchObject({ state: "success", result: { rejected: [] } });
  const [mail] = plain.mails;
  expect(mail.from).toBe("millrace@example.com");
  expect([...mail.to].sort()).toEqual(["bea", "carl", "eve", "otto", "ulla"].map((name) => `${name}@example.com`));
  expect(mail.source).toContain("To: Eve <eve@example.com>, ulla@example.com, otto@example.com");
  expect(mail.source).not.toContain("bea@");
  expect(mail.source).toMatch(/^Subject: =\?UTF-8\?Q\?Orders_of_\d{4}-\d\d-\d\d/m);
  expect(mail.source).toContain("<b>test_dag</b>");
  expect(mail.source).toContain("filename=report.csv");
  expect(mail.source).toContain("filename=other.txt");
  expect(mail.source.replace(/\s/g, "")).toContain(Buffer.from("a,b\n1,2\n").toString("base64"));
});

test("every try of a task instance sends the same Message-ID, another run another one", async () => {
  const call = sendMail({ connection: to(plain), to: "eve@example.com", subject: "s", text: "t" });
  for (const [tryNumber, date] of [
    [1, "2025-10-01"],
    [2, "2025-10-01"],
    [1, "2025-10-02"],
  ] as const)
    await testOperator(call, { tryNumber, logicalDate: `${date}T00:00:00Z` });
  const [first, second, other] = plain.mails.map(idOf);
  expect(first).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test("a login is fine by STARTTLS and by TLS from the start, and its trial says so", async () => {
  const [type] = provider.connectionTypes ?? [];
  const tools = { signal: AbortSignal.timeout(20_000), fetch, admit: async () => undefined };
  for (const [server, extra] of [
    [upgraded, {}],
    [encrypted, { use_ssl: true }],
  ] as const) {
    const good = asAda(server, "ada's own", extra);
    expect(await send(good, { from: "ada@example.com" })).toMatchObject({ state: "success" });
    expect(server.mails).toMatchObject([{ user: "ada@example.com", secure: true, from: "ada@example.com" }]);
    expect(await type?.trial(good, tools)).toMatch(/the login of ada@example.com is fine/);
    const refused = await send(asAda(server, "not hers", extra));
    expect(refused).toMatchObject({ state: "failed" });
    expect(refused.reason).toMatch(/refused: 535.*Check login and password/);
    expect(JSON.stringify(refused)).not.toContain("not hers");
    await expect(type?.trial(asAda(server, "not hers", extra), tools)).rejects.toThrow(/535/);
  }
});

test("a login is sent to no server without TLS, and to none whose certificate nobody vouches for", async () => {
  const open = await startSmtp({ users: { "ada@example.com": "ada's own" } });
  try {
    const kept = await send(asAda(open, "ada's own"));
    expect(kept).toMatchObject({ state: "failed", code: "UNREACHABLE" });
    expect(open.mails).toEqual([]);
    expect(await send(asAda(open, "ada's own", { use_tls: false }))).toMatchObject({ state: "success" });
  } finally {
    await open.stop();
  }
  const unknown = await send(asAda(encrypted, "ada's own", { use_ssl: true, ca_cert: "" }));
  expect(unknown).toMatchObject({ state: "failed", code: "UNREACHABLE" });
  expect(unknown.reason).toMatch(/self.signed certificate/);
});

test("5xx is permanent; 4xx, a hung up connection and silence are not", async () => {
  const permanent = async (mail: Partial<Args<SendMailOptions>>): Promise<TaskResult> => await send(to(plain), mail);
  expect((await permanent({ to: "nobody@example.com" })).reason).toMatch(/550/);
  expect((await permanent({ to: "refuse@example.com" })).reason).toMatch(/554/);
  for (const name of ["nobody", "refuse"])
    expect((await permanent({ to: `${name}@example.com` })).code).not.toBe("UNREACHABLE");
  const later = await send(to(plain), { to: "later@example.com" });
  expect(later).toMatchObject({ state: "failed", code: "UNREACHABLE" });
  expect(later.reason).toMatch(/put off: .*451/);
  expect(await send(asAda(upgraded, "busy"))).toMatchObject({ code: "UNREACHABLE" });
  expect(await send(to(plain), { to: "drop@example.com" })).toMatchObject({ code: "UNREACHABLE" });
  expect(await send(to(plain), { to: "slow@example.com", timeout: "300ms" })).toMatchObject({ code: "TIMEOUT" });
});

test("receivers that are refused beside others are a warning", async () => {
  const sent = await send(to(plain), { to: ["eve@example.com", "nobody@example.com"] });
  expect(sent).toMatchObject({
    state: "success",
    result: { accepted: ["eve@example.com"], rejected: ["nobody@example.com"] },
  });
  expect(sent.logs.some(({ level, message }) => level === "warn" && message.includes("nobody@"))).toBe(true);
});

test("a server that is gone is tried three times, and serves again when it is back", async () => {
  const server = await startSmtp();
  const { port } = server;
  await server.stop();
  const gone = await send(to(server));
  expect(gone).toMatchObject({ state: "failed", code: "UNREACHABLE" });
  const back = await startSmtp({ port });
  expect(await send(to(server))).toMatchObject({ state: "success" });
  await back.stop();
});

test("line breaks in headers, files that are not there and mails to nobody are refused, and nothing is sent", async () => {
  const break_ = "Hello\r\nBcc: all@example.com";
  for (const mail of [
    { subject: break_ },
    { to: `eve@example.com\nBcc: all@example.com` },
    { from: `a@example.com\r\nX: y` },
    { replyTo: `a@example.com\r\nX: y` },
    { attachments: [{ path: join(folder, "x"), filename: `a\r\nX: y` }] },
  ])
    expect((await send(to(plain), mail)).reason).toMatch(/which a header must not have/);
  expect((await send(to(plain), { attachments: [join(folder, "missing")] })).reason).toMatch(/missing cannot be read/);
  expect((await send(to(plain), { to: [" "] })).reason).toMatch(/nobody to go to/);
  expect(plain.mails).toEqual([]);
});

test("a notifier mails DAG, task, run, try, error and a link to the log", async () => {
  const connection = to(plain);
  const alarm = mailNotifier({ connection, to: "ops@example.com", baseUrl: "https://millrace.example.com/" });
  const subject = "Late again:\n{{ dag.dag_id }}";
  const watched = dag(
    "watched",
    {
      schedule: cron("@daily"),
      onFailure: mailNotifier({ connection, to: "boss@example.com", subject, text: "Look!" }),
    },
    ({ task }) => {
      task("load", { retries: 1, retryDelay: "1s", onRetry: alarm, onFailure: alarm }, () => {
        throw new Error("no <rows> today");
      });
    },
  );
  const run = await testDag(watched, { logicalDate: "2025-10-01T00:00:00Z" });
  expect(run.state).toBe("failed");
  const [retried, failed, ofRun] = plain.mails.map(({ source }) => source.replaceAll("=\n", ""));
  expect(retried).toContain("Subject: [millrace] retry: watched / load");
  expect(failed).toContain("Subject: [millrace] failure: watched / load");
  for (const line of ["DAG: watched", "Run: scheduled__2025-10-01", "Task: load", "Try: 2", "Error: "])
    expect(failed).toContain(line);
  expect(failed).toContain("no <rows> today");
  expect(failed).toContain("no &#60;rows&#62; today");
  expect(failed.replaceAll("=3D", "=")).toContain("/tasks/load?tab=logs&try=2");
  expect(ofRun).toContain("Subject: Late again: watched");
  expect(ofRun).toContain("Look!");
});
