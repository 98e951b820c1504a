import { afterAll, beforeAll, expect, test } from "vitest";
import { cliProject, type CliProject, type Launched } from "../harness/cli-project.ts";

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}" });
});
afterAll(() => project[Symbol.asyncDispose]());

/** Starts a server on any free port. */
async function serve(env: Readonly<Record<string, string>> = {}): Promise<{ server: Launched; url: string }> {
  const server = project.launch(["api-server", "--port", "0"], env);
  const [, url = ""] = await server.until(/server at (http:\S+) on/);
  return { server, url };
}

async function stop({ process: child, ended }: Launched): Promise<{ readonly out: string; readonly err: string }> {
  child.kill("SIGTERM");
  return await ended;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function statusFor(url: string, username: string, password: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/users`, { headers: { authorization: basic(username, password) } });
  await answer.body?.cancel();
  return answer.status;
}

test("the first start makes an administrator and says the password once, never in the log", async () => {
  const first = await serve();
  const [, username = "", password = ""] = await first.server.until(/Log in as (\S+) with the password (\w{20}):/);
  expect(username).toBe("admin");
  expect(await statusFor(first.url, username, "another")).toBe(401);
  // It is good for nothing but choosing one's own.
  expect(await statusFor(first.url, username, password)).toBe(403);
  const chosen = "of the first user's own";
  const changed = await fetch(`${first.url}/api/millrace/v1/session/password`, {
    method: "PUT",
    headers: { authorization: basic(username, password), "content-type": "application/json" },
    body: JSON.stringify({ currentPassword: password, newPassword: chosen }),
  });
  expect(changed.status).toBe(204);
  expect(await statusFor(first.url, username, chosen)).toBe(200);
  const { err } = await stop(first.server);
  expect(err).not.toContain(password);
  // Another server of the same database, where the configuration now says another password.
  const second = await serve({ MILLRACE__AUTH__ADMIN_PASSWORD: "of the configuration" });
  expect(await statusFor(second.url, username, chosen)).toBe(200);
  expect(await statusFor(second.url, username, "of the configuration")).toBe(401);
  const { out } = await stop(second.server);
  expect(out).not.toContain("Log in as");
});

test("a configured administrator is made without a word", async () => {
  await using other = await cliProject(
    { "millrace.json": '{ "auth": { "adminUsername": "operator" } }' },
    { MILLRACE__AUTH__ADMIN_PASSWORD: "of the configuration" },
  );
  const server = other.launch(["api-server", "--port", "0"]);
  const [, url = ""] = await server.until(/server at (http:\S+) on/);
  expect(await statusFor(url, "operator", "of the configuration")).toBe(200);
  const { out } = await stop(server);
  expect(out).not.toContain("Log in as");
});
