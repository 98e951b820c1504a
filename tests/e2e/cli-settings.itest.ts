import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cliProject, type CliProject, type Started } from "../harness/cli-project.ts";

const DAGS = `
import { connection, dag, variable } from "millrace";
export const heavy = dag("heavy", ({ task }) => {
  task("lift", { pool: "cranes" }, () => "lifted");
});
export const reads = dag("reads", ({ task }) => {
  task("read", { input: { region: variable("region"), key: variable("api_key"), shop: connection("shop") } }, ({ region, key, shop }) =>
    [region, String(key).length, shop.host, shop.password?.reveal().length].join(" "));
});
`;

let project: CliProject;
let started: Started;

beforeAll(async () => {
  project = await cliProject({ "millrace.json": "{}", "dags/all.dag.ts": DAGS }, { MILLRACE_VAR_FROM_ENV: "outside" });
  // Each group works without a Millrace that runs, too.
  expect((await project.run("pools", "set", "small", "2", "made before the start")).code).toBe(0);
  started = await project.start();
});
afterAll(() => project[Symbol.asyncDispose]());

async function rowsOf(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await project.run(...args, "-o", "json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

describe("pools", () => {
  test("list has the default pool and what was set without a Millrace that runs", async () => {
    expect(await rowsOf("pools", "list")).toEqual([
      { pool: "default_pool", slots: 128, description: "Default pool", include_deferred: false, order: "fair" },
      { pool: "small", slots: 2, description: "made before the start", include_deferred: false, order: "fair" },
    ]);
  });

  test("a pool that is made lets the tasks that wait for it start at once", async () => {
    await project.run("dags", "trigger", "heavy", "-r", "waits");
    const following = project.launch(["tasks", "logs", "heavy", "lift", "--follow"]);
    expect(await rowsOf("pools", "set", "cranes", "1", "one crane", "--include-deferred")).toEqual([
      { pool: "cranes", slots: 1, description: "one crane", include_deferred: true, order: "fair" },
    ]);
    await started.until(/✓ heavy waits success/);
    await following.ended;
  });

  test("setting a pool again keeps what is not said", async () => {
    expect(await rowsOf("pools", "set", "cranes", "-1", "--order", "priority")).toEqual([
      { pool: "cranes", slots: -1, description: "one crane", include_deferred: true, order: "priority" },
    ]);
  });

  test("columns are chosen by name, and a wrong one is a wrong use that names them all", async () => {
    expect(await rowsOf("pools", "get", "small", "--columns", "slots,pool")).toEqual([{ slots: 2, pool: "small" }]);
    const { code, out, err } = await project.run("pools", "list", "--columns", "slot");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("Did you mean slots? There are pool, slots, description, include_deferred, order.");
  });

  test("slots that are no number are a wrong use", async () => {
    const { code, err } = await project.run("pools", "set", "cranes", "many");
    expect(code).toBe(2);
    expect(err).toContain("slots must be a whole number from 0, or -1 for no limit, not many");
  });

  test("what is exported comes back by import", async () => {
    expect((await project.run("pools", "export", "pools.json")).err).toContain("3 pools written to pools.json");
    expect(await rowsOf("pools", "delete", "cranes")).toMatchObject([{ pool: "cranes", slots: -1 }]);
    expect((await project.run("pools", "get", "cranes")).code).toBe(1);
    expect((await project.run("pools", "import", "pools.json")).err).toContain("3 pools imported");
    expect(await rowsOf("pools", "get", "cranes")).toMatchObject([{ slots: -1, order: "priority" }]);
  });

  test("an import of which one pool does not fit makes none", async () => {
    await project.write("wrong.yaml", "fine: { slots: 1 }\nbad: { slots: many }\n");
    const { code, err } = await project.run("pools", "import", "wrong.yaml");
    expect(code).toBe(2);
    expect(err).toContain("the pool bad: slots must be a whole number");
    expect((await project.run("pools", "get", "fine")).err).toContain('there is no pool "fine"');
  });

  test("the default pool cannot be deleted, and a wrong name is told the near one", async () => {
    const refused = await project.run("pools", "delete", "default_pool");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("default_pool cannot be deleted");
    expect(refused.err).toContain("(CONFLICT)");
    expect((await project.run("pools", "delete", "smal")).err).toContain("Did you mean small?");
  });
});

describe("variables", () => {
  test("get prints the value alone, from the environment first", async () => {
    await project.run("variables", "set", "region", "eu", "--description", "where we are");
    expect(await project.run("variables", "get", "region")).toEqual({ code: 0, out: "eu\n", err: "" });
    expect((await project.run("variables", "get", "from_env")).out).toBe("outside\n");
    expect((await project.run("variables", "get", "none", "-d", "fallback")).out).toBe("fallback\n");
  });

  test("a wrong key is not found, with the near one", async () => {
    const { code, out, err } = await project.run("variables", "get", "regoin");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("Did you mean region?");
    expect(err).toContain("(NOT_FOUND)");
  });

  test("a variable whose name says so is sealed: no list shows it, get and export do", async () => {
    const set = project.launch(["variables", "set", "api_key", "-"], {}, "hunter2\n");
    expect((await set.ended).err).toContain("sealed");
    expect(await rowsOf("variables", "list")).toMatchObject([
      { key: "api_key", value: "***", is_secret: true },
      { key: "region", value: "eu", is_secret: false, description: "where we are" },
    ]);
    expect((await project.run("variables", "get", "api_key")).out).toBe("hunter2\n");
  });

  test("--json takes and prints JSON only, and does not quote what is none", async () => {
    expect((await project.run("variables", "set", "-j", "limits", '{"rows": 3}')).code).toBe(0);
    expect((await project.run("variables", "get", "limits", "-j")).out).toBe('{\n  "rows": 3\n}\n');
    const { code, err } = await project.run("variables", "get", "api_key", "--json");
    expect(code).toBe(2);
    expect(err).not.toContain("hunter2");
  });

  test("what is exported comes back, in a file that only its owner reads", async () => {
    await project.run("variables", "export", "variables.json");
    expect((await stat(join(project.folder, "variables.json"))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(project.folder, "variables.json"), "utf8"))).toEqual({
      api_key: "hunter2",
      limits: { rows: 3 },
      region: { value: "eu", description: "where we are" },
    });
    await project.run("variables", "delete", "api_key", "limits");
    const again = await project.run("variables", "import", "variables.json", "-a", "skip");
    expect(again.err).toContain("2 variables imported");
    expect(again.err).toContain("skipped, because they are there: region");
    expect((await project.run("variables", "get", "api_key")).out).toBe("hunter2\n");
    expect(await rowsOf("variables", "list", "--columns", "key,is_secret")).toMatchObject([
      { key: "api_key", is_secret: true },
      { key: "limits" },
      { key: "region" },
    ]);
  });

  test("an import that must not replace anything imports nothing when something is there", async () => {
    await project.write("new.env", "# settings\nfresh=1\nregion=us\n");
    const { code, err } = await project.run("variables", "import", "new.env", "--action-on-existing-key", "fail");
    expect(code).toBe(1);
    expect(err).toContain("there are already variables region");
    expect((await project.run("variables", "get", "fresh")).code).toBe(1);
    expect((await project.run("variables", "import", "new.env")).code).toBe(0);
    expect((await project.run("variables", "get", "region")).out).toBe("us\n");
  });

  test("a file that is no JSON is named with the place, without its text", async () => {
    await project.write("broken.json", '{"api_key": "hunter2",}');
    const { code, err } = await project.run("variables", "import", "broken.json");
    expect(code).toBe(2);
    expect(err).toMatch(/broken\.json is not JSON \(.*22/);
    expect(err).not.toContain("hunter2");
    expect((await project.run("variables", "import", "notes.txt")).err).toContain("notes.txt");
  });
});

describe("connections", () => {
  const URI = "postgres://reader:p%40ss@db.example:5432/shop?sslmode=require";

  test("add takes a URI; get shows it without its password", async () => {
    expect((await project.run("connections", "add", "shop", "--conn-uri", URI)).err).toContain("shop (postgres) added");
    expect(await rowsOf("connections", "get", "shop")).toEqual([
      {
        conn_id: "shop",
        conn_type: "postgres",
        description: null,
        host: "db.example",
        port: 5432,
        login: "reader",
        password: "***",
        schema: "shop",
        extra: { sslmode: "require" },
        source: "database",
      },
    ]);
  });

  test("tasks get the variables and connections that were set while Millrace runs", async () => {
    const { code, err } = await project.run("dags", "trigger", "reads", "--wait");
    expect({ code, err }).toMatchObject({ code: 0 });
  });

  test("add takes fields, with the password from standard input", async () => {
    const fields = ["--conn-type", "http", "--conn-host", "api.example", "--conn-password", "-"];
    const extra = ["--conn-extra", '{"token": "t0ken", "timeout": 5}', "--conn-description", "the API"];
    const added = await project.launch(["connections", "add", "api", ...fields, ...extra], {}, "s3cret\n").ended;
    expect(added).toMatchObject({ code: 0 });
    expect(await rowsOf("connections", "get", "api")).toMatchObject([
      { conn_type: "http", host: "api.example", password: "***", extra: { token: "***", timeout: 5 } },
    ]);
    expect(await rowsOf("connections", "list", "--columns", "conn_id,conn_type,description")).toEqual([
      { conn_id: "api", conn_type: "http", description: "the API" },
      { conn_id: "shop", conn_type: "postgres", description: "" },
    ]);
  });

  test("a connection that is there is replaced only when that is said", async () => {
    const { code, err } = await project.run("connections", "add", "shop", "--conn-uri", "http://other");
    expect(code).toBe(1);
    expect(err).toContain("(CONFLICT)");
    expect((await project.run("connections", "add", "shop", "--conn-uri", URI, "--overwrite")).code).toBe(0);
  });

  test("what is no connection is refused without being quoted", async () => {
    const { code, err } = await project.run("connections", "add", "odd", "--conn-json", '{"password": "hunter2"');
    expect(code).toBe(2);
    expect(err).toContain("connection odd is neither JSON nor a URI");
    expect(err).not.toContain("hunter2");
    expect((await project.run("connections", "add", "odd")).err).toContain("nothing says what the connection odd is");
  });

  test.each([
    ["connections.json", [], (text: string) => (JSON.parse(text) as { shop: { conn_type: string } }).shop.conn_type],
    ["connections.yaml", [], (text: string) => (parse(text) as { shop: { conn_type: string } }).shop.conn_type],
    ["connections.env", [], (text: string) => /^shop=(postgres):\/\/reader:p%40ss@/m.exec(text)?.[1]],
    ["fields.env", ["--serialization-format", "json"], (text: string) => /^shop=.*"(postgres)"/m.exec(text)?.[1]],
  ])("what is exported into %s comes back by import", async (file, options, typeIn) => {
    expect((await project.run("connections", "export", file, ...options)).code).toBe(0);
    expect(typeIn(await readFile(join(project.folder, file), "utf8"))).toBe("postgres");
    const before = await rowsOf("connections", "get", "shop");
    await project.run("connections", "delete", "shop");
    const imported = await project.run("connections", "import", file);
    expect(imported.err).toContain("1 connection imported");
    expect(imported.err).toContain("skipped, because they are there: api");
    expect(await rowsOf("connections", "get", "shop")).toEqual(before);
  });

  test("test speaks the protocol of the type, with an exit code", async () => {
    const server = createServer((socket) => socket.on("data", () => socket.write("+PONG\r\n")));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as { readonly port: number };
    await project.run("connections", "add", "here", "--conn-uri", `redis://127.0.0.1:${port}`);
    expect((await project.run("connections", "test", "here")).out).toContain(`127.0.0.1:${port} answers PING`);
    await new Promise((closed) => server.close(closed).unref());
    const { code, err } = await project.run("connections", "test", "here");
    expect(code).toBe(3);
    expect(err).toContain("(UNREACHABLE)");
  });

  test("types show their fields, and what does not fit them is refused until that is said", async () => {
    expect((await project.run("connections", "types")).out).toMatch(/kafka[^]*PostgreSQL/);
    expect((await project.run("connections", "types", "aws")).out).toContain("extra.endpoint_url");
    const add = ["connections", "add", "typed", "--conn-type", "postgres", "--conn-extra", '{"sslmode":"hunter2"}'];
    const { code, err } = await project.run(...add);
    expect([code, err]).toEqual([2, expect.stringMatching(/it needs host|extra.sslmode must be one of/)]);
    expect(err).not.toContain("hunter2");
    expect((await project.run(...add, "--no-validate")).code).toBe(0);
  });

  test("keys are rotated while Millrace runs, and tasks read on without the old one", async () => {
    await project.run("variables", "set", "region", "eu");
    await project.run("variables", "set", "api_key", "hunter2hunter2");
    await project.run("connections", "add", "shop", "--conn-uri", "postgres://h/", "--overwrite");
    const { code, err } = await project.run("db", "rotate-keys", "--new-key", "--drop-old-keys");
    expect([code, err]).toEqual([0, expect.stringMatching(/sealed anew: \d+ connections?, \d+ variables?/)]);
    expect(err).toContain("1 old key dropped");
    expect((await project.run("variables", "get", "api_key")).out.trim()).toBe("hunter2hunter2");
    expect((await project.run("rotate-fernet-key")).err).toContain("sealed anew: 0 connections, 0 variables");
    expect((await project.run("dags", "trigger", "reads", "--wait")).code).toBe(0);
  });
});
