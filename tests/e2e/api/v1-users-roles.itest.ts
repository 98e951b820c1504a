import { ensureRoles } from "@millrace/server/access";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type Answered, type ServerHarness } from "../../harness/server-harness.ts";

let server: ServerHarness;

beforeAll(async () => {
  server = await startServer();
  await ensureRoles(server.ports.accounts);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

let count = 0;
function aUser(given: object = {}): { username: string; email: string; first_name: string; last_name: string } {
  const username = `user-${++count}`;
  return { username, email: `${username}@example.com`, first_name: "Ada", last_name: "Lovelace", ...given };
}

const post = (path: string, body: unknown): Promise<Answered> => server.request("POST", `/api/v1${path}`, { body });
const patch = (path: string, body: unknown): Promise<Answered> => server.request("PATCH", `/api/v1${path}`, { body });

describe("users", () => {
  test("a user is made with 200 and never shows a password", async () => {
    const user = aUser({ password: "secret-word", roles: [{ name: "Viewer" }] });
    const made = await post("/users", user);
    expect(made.status).toBe(200);
    expect(made.json).toEqual({
      username: user.username,
      email: user.email,
      first_name: "Ada",
      last_name: "Lovelace",
      active: true,
      roles: [{ name: "Viewer" }],
      login_count: 0,
      failed_login_count: 0,
      last_login: null,
      created_on: expect.stringMatching(/\+00:00$/) as string,
      changed_on: expect.stringMatching(/\+00:00$/) as string,
    });
    expect((await server.get(`/api/v1/users/${user.username}`)).json).toEqual(made.json);
    const audit = await server.engine.store.logins.findIdentity(user.username);
    expect(audit?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test("without roles it is the default one; empty names are fine", async () => {
    const made = await post("/users", aUser({ first_name: "", last_name: "" }));
    expect(made.json).toMatchObject({ roles: [{ name: "Public" }], first_name: "" });
  });

  test("refusals have Airflow's words", async () => {
    const user = aUser();
    await post("/users", user);
    const details = async (body: object): Promise<[number, string]> => {
      const { status, json } = await post("/users", body);
      return [status, (json as { detail: string }).detail];
    };
    expect(await details(user)).toEqual([409, `Username \`${user.username}\` already exists. Use PATCH to update.`]);
    expect(await details(aUser({ email: user.email }))).toEqual([409, `The email \`${user.email}\` is already taken.`]);
    expect(await details(aUser({ roles: [{ name: "x" }, { name: "y" }] }))).toEqual([400, "Unknown roles: 'x', 'y'"]);
    expect(await details({ username: "a", email: "b" })).toEqual([
      400,
      "{'first_name': ['Missing data for required field.'], 'last_name': ['Missing data for required field.']}",
    ]);
    expect(await details(aUser({ colour: "red" }))).toEqual([400, "{'colour': ['Unknown field.']}"]);
    expect(await details(aUser({ login_count: 1 }))).toEqual([400, "Property is read-only - 'login_count'"]);
    expect((await server.get("/api/v1/users/nobody")).json).toMatchObject({
      status: 404,
      title: "User not found",
      detail: "The User with username `nobody` was not found",
    });
  });

  test("a change needs all required fields and keeps what the mask leaves out", async () => {
    const user = aUser();
    await post("/users", user);
    const path = `/users/${user.username}`;
    const changed = await patch(`${path}?update_mask=last_name, roles`, {
      ...user,
      first_name: "Not taken",
      last_name: "King",
      roles: [{ name: "Op" }],
    });
    expect(changed.json).toMatchObject({ first_name: "Ada", last_name: "King", roles: [{ name: "Op" }] });
    expect((await patch(`${path}?update_mask=last_name`, { last_name: "Byron" })).json.detail).toMatch(
      "Missing data for required field.",
    );
    expect((await patch(`${path}?update_mask=x`, user)).json.detail).toBe("Unknown update masks: 'x'");
    const renamed = await patch(path, { ...user, username: `${user.username}-new` });
    expect(renamed.json).toMatchObject({ username: `${user.username}-new`, roles: [{ name: "Op" }] });
    expect((await server.get(`/api/v1${path}`)).status).toBe(404);
  });

  test("a change to a name or address that is taken is 409", async () => {
    const [one, two] = [aUser(), aUser()];
    await post("/users", one);
    await post("/users", two);
    const clash = async (body: object): Promise<unknown> => {
      const { status, json } = await patch(`/users/${two.username}`, { ...two, ...body });
      return [status, (json as { detail: string }).detail];
    };
    expect(await clash({ username: one.username })).toEqual([409, `The username \`${one.username}\` already exists`]);
    expect(await clash({ email: one.email })).toEqual([409, `The email \`${one.email}\` already exists`]);
  });

  test("lists are paged and ordered, with the total of all", async () => {
    await post("/users", aUser());
    const all = (await server.get("/api/v1/users?order_by=-username")).json;
    const page = (await server.get("/api/v1/users?order_by=-username&limit=1&offset=1")).json;
    expect(page).toEqual({ users: [all.users[1]], total_entries: all.total_entries });
    expect((await server.get("/api/v1/users?order_by=password")).json.detail).toBe(
      "Ordering with 'password' is disallowed or the attribute does not exist on the model",
    );
  });

  test("a deleted user is gone", async () => {
    const user = aUser();
    await post("/users", user);
    expect(await server.request("DELETE", `/api/v1/users/${user.username}`)).toMatchObject({ status: 204, text: "" });
    expect((await server.request("DELETE", `/api/v1/users/${user.username}`)).status).toBe(404);
  });
});

describe("roles", () => {
  const action = (name: string, resource: string): object => ({ action: { name }, resource: { name: resource } });

  test("a role is made, changed, renamed and deleted", async () => {
    const made = await post("/roles", { name: "Mine", actions: [action("can_read", "DAG:orders")] });
    expect(made).toMatchObject({ status: 200, json: { name: "Mine", actions: [action("can_read", "DAG:orders")] } });
    const changed = await patch("/roles/Mine?update_mask=actions", {
      name: "Not taken",
      actions: [action("can_edit", "DAGs")],
    });
    expect(changed.json).toEqual({ name: "Mine", actions: [action("can_edit", "DAGs")] });
    expect((await patch("/roles/Mine", { name: "Ours" })).json.name).toBe("Ours");
    expect((await server.get("/api/v1/roles/Mine")).json).toMatchObject({
      title: "Role not found",
      detail: "Role with name 'Mine' was not found",
    });
    expect((await server.request("DELETE", "/api/v1/roles/Ours")).status).toBe(204);
    expect((await server.request("DELETE", "/api/v1/roles/Ours")).status).toBe(404);
  });

  test("refusals have Airflow's words", async () => {
    const details = async (body: object): Promise<[number, string]> => {
      const { status, json } = await post("/roles", body);
      return [status, (json as { detail: string }).detail];
    };
    expect(await details({ name: "Viewer", actions: [] })).toEqual([
      409,
      "Role with name 'Viewer' already exists; please update with the PATCH endpoint",
    ]);
    expect(await details({ actions: [] })).toEqual([400, "{'name': ['Missing data for required field.']}"]);
    expect(await details({ name: "x", actions: [action("can_fly", "DAGs")] })).toEqual([
      400,
      "The specified action: 'can_fly' was not found",
    ]);
    expect(await details({ name: "x", actions: [action("can_read", "Birds")] })).toEqual([
      400,
      "The specified resource: 'Birds' was not found",
    ]);
    expect((await patch("/roles/Viewer?update_mask=x", { name: "Viewer" })).json.detail).toBe(
      "'x' in update_mask is unknown",
    );
    expect((await server.request("DELETE", "/api/v1/roles/Admin")).status).toBe(400);
  });

  test("built-in roles are there, each with all of the one below it", async () => {
    const { roles } = (await server.get("/api/v1/roles?limit=100")).json as {
      roles: { name: string; actions: { action: { name: string }; resource: { name: string } }[] }[];
    };
    const of = (name: string): Set<string> =>
      new Set(
        roles
          .find((role) => role.name === name)
          ?.actions.map(({ action: { name: act }, resource }) => `${act} ${resource.name}`),
      );
    expect(of("Public").size).toBe(0);
    expect([...of("Viewer")].filter((each) => !of("User").has(each))).toEqual([]);
    expect([...of("User")].filter((each) => !of("Op").has(each))).toEqual([]);
    expect([...of("Op")].filter((each) => !of("Admin").has(each))).toEqual([]);
    expect(of("Op").has("can_read Users")).toBe(false);
  });

  test("permissions are the actions that there are", async () => {
    const { json } = await server.get("/api/v1/permissions?limit=2");
    expect(json).toEqual({ actions: [{ name: "can_create" }, { name: "can_read" }], total_entries: 5 });
  });
});

test("users, roles and permissions are also where Airflow's login manager has them", async () => {
  for (const path of ["/users", "/roles/Viewer", "/permissions"])
    expect((await server.get(`/auth/fab/v1${path}`)).json).toEqual((await server.get(`/api/v1${path}`)).json);
  expect((await server.get("/auth/fab/v1/dags")).json).toMatchObject({ status: 404, title: "Not Found" });
});
