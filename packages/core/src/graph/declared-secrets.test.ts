import { expect, test } from "vitest";
import { buildDag, dag } from "../dsl/dag.ts";
import { operator } from "../dsl/operator.ts";
import { connection, variable } from "../dsl/refs.ts";
import type { GraphTask } from "./graph.ts";

const load = operator({ name: "Load", run: () => undefined });

function tasksOf(): readonly GraphTask[] {
  const declared = dag("d", {}, ({ task }) => {
    task("plain", () => 1);
    task("declares", { connections: ["b", "a", "a"], variables: ["v"] }, () => 1);
    task(
      "names",
      { connections: ["z"] },
      load({ to: connection("warehouse"), deep: { limit: variable("limit", "3") } }),
    );
  });
  return buildDag(declared).graph.tasks;
}

test("a task's graph has the connections and variables that it declares or names in its options, each once", () => {
  const [plain, declares, names] = tasksOf();
  expect(plain).not.toHaveProperty("connections");
  expect(plain).not.toHaveProperty("variables");
  expect(declares).toMatchObject({ connections: ["a", "b"], variables: ["v"] });
  expect(names).toMatchObject({ connections: ["warehouse", "z"], variables: ["limit"] });
});
