import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliProject, type CliProject } from "../harness/cli-project.ts";

let project: CliProject;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}" });
  // One embedded server for all commands of this file.
  await project.start();
});
afterAll(() => project[Symbol.asyncDispose]());

async function rowsOf(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await project.run(...args, "-o", "json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Record<string, unknown>[];
}

async function run(...args: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  const { code, out, err } = await project.run(...args);
  expect({ args, code, err }).toMatchObject({ code: 0 });
  return { out, err };
}

describe("users", () => {
  test("a user is made with a random password that is printed once, gets and loses roles, and is deleted", async () => {
    const made = await run(
      ...["users", "create", "-u", "ada", "-e", "ada@example.com", "-f", "Ada", "-l", "L"],
      ...["-r", "Op", "Viewer", "--use-random-password"],
    );
    expect(made.out.trim()).toMatch(/^\w{20}$/);
    await run("users", "remove-role", "-u", "ADA", "-r", "Op");
    expect((await run("users", "add-role", "-e", "ada@example.com", "-r", "Viewer")).err).toContain("already");
    const users = await rowsOf("users", "list");
    expect(users.find(({ username }) => username === "ada")).toEqual({
      username: "ada",
      email: "ada@example.com",
      first_name: "Ada",
      last_name: "L",
      roles: ["Viewer"],
      active: true,
      origin: "local",
      last_login: null,
    });
    await run("users", "delete", "--username", "ada");
    expect((await rowsOf("users", "list")).some(({ username }) => username === "ada")).toBe(false);
  });

  test("what does not fit is said, with near names", async () => {
    await run("users", "create", "-u", "grace", "-e", "g@example.com", "-r", "User", "-p", "a password");
    for (const [args, code, sentence] of [
      [["users", "reset-password", "-u", "grce", "-p", "x"], 1, "Did you mean grace?"],
      [["users", "reset-password", "-u", "grace"], 2, "say which password"],
      [["users", "delete"], 2, "say who"],
      [["users", "add-role", "-u", "grace", "-r", "Viewr"], 1, "Did you mean Viewer?"],
      [
        ["users", "create", "-u", "Grace", "-e", "o@example.com", "-r", "User", "-p", "x"],
        1,
        "already a user with the username",
      ],
    ] as const) {
      const answer = await project.run(...args);
      expect({ args, code: answer.code }).toEqual({ args, code });
      expect(answer.err).toContain(sentence);
    }
  });

  test("an export can be imported, and users of Airflow's files come in", async () => {
    const file = join(project.folder, "users.json");
    await run("users", "create", "-u", "kept", "-e", "k@example.com", "-r", "User", "-p", "a password");
    await run("users", "export", file);
    const exported = JSON.parse(await readFile(file, "utf8")) as { username: string; roles: string[] }[];
    expect(exported.find(({ username }) => username === "kept")).toEqual({
      id: expect.any(Number) as number,
      username: "kept",
      email: "k@example.com",
      firstname: "",
      lastname: "",
      roles: ["User"],
    });
    const fresh = { username: "fresh", email: "f@example.com", firstname: "F", lastname: "R", roles: ["Op"] };
    await writeFile(file, JSON.stringify([...exported, fresh]));
    expect((await run("users", "import", file)).err).toContain(`${exported.length + 1} users imported`);
    expect((await rowsOf("users", "list")).find(({ username }) => username === "fresh")).toMatchObject({
      roles: ["Op"],
    });
  });
});

// A dozen commands, each a process.
test("roles are made, may do more and less, and go through a file", { timeout: 180_000 }, async () => {
  await run("roles", "create", "Team", "Other");
  await run("roles", "add-perms", "Team", "-r", "DAG:orders", "Pools", "-a", "can_read", "can_edit");
  await run("roles", "del-perms", "Team", "-r", "Pools", "-a", "can_edit");
  const wanted = [
    { name: "Team", resource: "DAG:orders", action: "can_edit,can_read" },
    { name: "Team", resource: "Pools", action: "can_read" },
  ];
  const ofTeam = async (): Promise<unknown> =>
    (await rowsOf("roles", "list", "--permission")).filter(({ name }) => name === "Team");
  expect(await ofTeam()).toEqual(wanted);
  const file = join(project.folder, "roles.json");
  await run("roles", "export", file, "--pretty");
  await run("roles", "delete", "Team", "Other");
  expect(await ofTeam()).toEqual([]);
  await run("roles", "import", file);
  expect(await ofTeam()).toEqual(wanted);
  expect((await rowsOf("roles", "list")).map(({ name }) => name)).toEqual([
    ...["Admin", "Op", "Other", "Public", "Team", "User", "Viewer"],
  ]);
  const wrong = await project.run("roles", "add-perms", "Team", "-r", "Pool", "-a", "can_read");
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("Did you mean Pools?") as string });
  expect(await project.run("roles", "delete", "Admin")).toMatchObject({ code: 1 });
});

test("a token is printed once, listed without itself, and revoked", async () => {
  await run("users", "create", "-u", "ci", "-e", "ci@example.com", "-r", "User", "-p", "a password");
  const { out } = await run(
    "tokens",
    "create",
    "-u",
    "ci",
    "-n",
    "deploy",
    "-s",
    "can_read DAGs",
    "--expires-in",
    "90d",
  );
  const token = out.trim();
  expect(token).toMatch(/^mrt_[\w-]{43}$/);
  const [listed] = await rowsOf("tokens", "list", "-u", "ci");
  expect(listed).toMatchObject({
    name: "deploy",
    scopes: ["can_read DAGs"],
    hint: token.slice(0, 10),
    revoked_at: null,
  });
  await run("tokens", "revoke", String(listed?.["token_id"]));
  expect((await project.run("tokens", "revoke", String(listed?.["token_id"]))).code).toBe(1);
  expect((await project.run("tokens", "create", "-u", "ci", "-n", "x", "-s", "fly")).code).toBe(2);
});
