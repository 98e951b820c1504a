import { expect, test } from "vitest";
import { buildDag, dag } from "./dag.ts";
import { operator } from "./operator.ts";
import { template } from "./refs.ts";
import { resolveValues } from "./resolve-values.ts";
import { wantedFiles } from "./wanted-files.ts";

const query = operator({
  name: "Query",
  templated: ["sql", "parts"],
  templateExt: [".sql"],
  run: (options: { sql: string; parts?: readonly string[]; plain?: string }) => options,
});

const built = buildDag(
  dag("d", ({ task }) => {
    task("file", query({ sql: "queries/a.sql", plain: "not.sql" }));
    task("text", query({ sql: "select '{{ ds }}' -- a.sql" }));
    task("lines", query({ sql: "select 1\nfrom b.sql" }));
    task("list", query({ sql: "select 1", parts: ["b.sql", template("c.sql"), "{% include 'd.sql' %}"] }));
    task("code", () => "e.sql");
  }),
);

test("an option with the ending of a template file names it, what is a template itself or an argument in a list does not", () => {
  expect(wantedFiles(built)).toEqual([
    { taskId: "file", option: "sql", name: "queries/a.sql" },
    { taskId: "list", option: "parts.1", name: "c.sql" },
    { taskId: "list", option: "parts.2", name: "d.sql" },
  ]);
});

test("the file's text takes the place of its name", async () => {
  const body = built.bodies.get("file");
  if (!body) throw new Error("the DAG has the task");
  const refuse = (): never => {
    throw new Error("nothing else is asked for");
  };
  const sources = { input: refuse, item: refuse, param: refuse, variable: refuse, connection: refuse, render: refuse };
  expect(await resolveValues(body, { ...sources, renderFile: (name) => `text of ${name}` })).toEqual({
    sql: "text of queries/a.sql",
    plain: "not.sql",
  });
});
