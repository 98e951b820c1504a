import { buildDag, dag, githubSignature, variable, webhook, type FoundFile } from "@millrace/core";
import { expect, test } from "vitest";
import { resolveWebhooks } from "./resolve-webhooks.ts";

const signature = githubSignature({ secret: variable("s") });

function file(name: string, dags: Readonly<Record<string, readonly string[]>>): FoundFile {
  const found = Object.entries(dags).map(([dagId, names]) => {
    const webhooks = names.map((each) => webhook(each, { signature }));
    const { graph } = buildDag(dag(dagId, { webhooks }, ({ task }) => void task("t", () => null)));
    return { dagId, file: name, graph, bundleHash: "b", graphHash: "g", lockHash: "l" };
  });
  return { file: name, dags: found, errors: [] };
}

test("one name of two DAGs is an import error of the second that names both", () => {
  const files = [file("a.dag.ts", { one: ["x"] }), file("b.dag.ts", { two: ["y", "x"], three: ["z"] })];
  const [first, second] = resolveWebhooks(files);
  expect(first).toBe(files[0]);
  expect(second.dags.map(({ dagId }) => dagId)).toEqual(["three"]);
  expect(second.errors).toEqual([
    {
      file: "b.dag.ts",
      message:
        "webhook x is declared by DAG one in a.dag.ts, which comes first, and by DAG two in b.dag.ts: give one of them another name",
    },
  ]);
});

test("a DAG that lost one name leaves its others free", () => {
  const files = [
    file("a.dag.ts", { one: ["x"] }),
    file("b.dag.ts", { two: ["x", "y"] }),
    file("c.dag.ts", { c: ["y"] }),
  ];
  expect(resolveWebhooks(files)[2].errors).toEqual([]);
});
