import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

let hidden: ServerHarness;
let shown: ServerHarness;

beforeAll(async () => {
  hidden = await startServer();
  const { installation } = hidden.ports;
  shown = await startServer({
    engine: { url: hidden.engine.url },
    settings: { exposeConfig: true },
    ports: {
      installation: {
        ...installation,
        configuration: [
          { name: "core", options: [{ key: "dagFolders", value: "dags,more", isSecret: false }] },
          {
            name: "database",
            options: [
              { key: "url", value: "postgresql://a:b@c/d", isSecret: true },
              { key: "other", value: "one\ntwo = 2", isSecret: false },
              { key: "unset", value: "", isSecret: true },
            ],
          },
        ],
      },
    },
  });
});
afterAll(async () => {
  await shown?.[Symbol.asyncDispose]();
  await hidden?.[Symbol.asyncDispose]();
});

const JSON_ONLY = { headers: { accept: "application/json" } };

describe("the configuration", () => {
  test("is hidden unless the operator of the system chose to show it", async () => {
    for (const url of ["/api/v1/config", "/api/v1/config/section/core/option/dagFolders"]) {
      expect(await hidden.get(url, JSON_ONLY)).toMatchObject({
        status: 403,
        json: {
          detail: "Your Airflow administrator chose not to expose the configuration, most likely for security reasons.",
        },
      });
    }
    expect((await shown.get("/api/v1/config", { as: aCaller("can_read Pools") })).status).toBe(403);
  });

  test("is JSON or INI text, as the client likes it, with secrets hidden", async () => {
    expect((await shown.get("/api/v1/config", JSON_ONLY)).json).toEqual({
      sections: [
        { name: "core", options: [{ key: "dagFolders", value: "dags,more" }] },
        {
          name: "database",
          options: [
            { key: "url", value: "< hidden >" },
            { key: "other", value: "one\ntwo = 2" },
            { key: "unset", value: "" },
          ],
        },
      ],
    });
    const text = await shown.get("/api/v1/config", { headers: { accept: "text/plain" } });
    expect(text.headers["content-type"]).toMatch(/^text\/plain/);
    expect(text.text).toBe(
      "[core]\ndagFolders = dags,more\n\n[database]\nurl = < hidden >\nother = one\n\ttwo = 2\nunset = \n",
    );
    expect((await shown.get("/api/v1/config", { headers: { accept: "image/png" } })).status).toBe(406);
  });

  test("can be of one section or option", async () => {
    expect((await shown.get("/api/v1/config?section=core", JSON_ONLY)).json.sections).toHaveLength(1);
    expect(await shown.get("/api/v1/config?section=caw", JSON_ONLY)).toMatchObject({
      status: 404,
      json: { title: "section not found.", detail: "section=caw not found." },
    });
    const option = (section: string, key: string) =>
      shown.get(`/api/v1/config/section/${section}/option/${key}`, JSON_ONLY);
    expect((await option("core", "dagfolders")).json).toEqual({
      sections: [{ name: "core", options: [{ key: "dagFolders", value: "dags,more" }] }],
    });
    expect((await option("database", "url")).json.sections[0].options).toEqual([{ key: "url", value: "< hidden >" }]);
    expect(await option("core", "caw")).toMatchObject({
      status: 404,
      json: { title: "Config not found.", detail: "The option [core/caw] is not found in config." },
    });
  });

  test("of a real project names every setting and no secret", async () => {
    const { configuration } = hidden.ports.installation;
    expect(configuration.map(({ name }) => name)).toEqual(expect.arrayContaining(["core", "database", "server"]));
    expect(configuration.find(({ name }) => name === "server")?.options).toContainEqual({
      key: "exposeConfig",
      value: "false",
      isSecret: false,
    });
    const database = configuration.find(({ name }) => name === "database");
    expect(database?.options.find(({ key }) => key === "url")).toMatchObject({ isSecret: true });
  });
});

describe("what is installed", () => {
  test("are provider packages with version and description", async () => {
    const { json } = await hidden.get("/api/v1/providers");
    expect(json.total_entries).toBe(json.providers.length);
    expect(json.providers).toContainEqual({
      package_name: "@millrace/provider-standard",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      description: expect.stringMatching(/\w/) as unknown,
    });
  });

  test("are no plugins of Airflow", async () => {
    expect((await hidden.get("/api/v1/plugins")).json).toEqual({ plugins: [], total_entries: 0 });
    expect((await hidden.get("/api/v1/plugins?limit=-1")).status).toBe(400);
  });
});
