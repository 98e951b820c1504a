import { expect, test } from "vitest";
import { differenceOf, permission, permissionsOf, rowsOf, toggled, toV1 } from "./permission-matrix.model.ts";

const ROLE = {
  actions: [
    { action: { name: "can_read" }, resource: { name: "DAG Runs" } },
    { action: { name: "can_edit" }, resource: { name: "DAG:my dag" } },
  ],
};

test("permissions survive the matrix, also those whose resource has blanks", () => {
  expect(toV1(permissionsOf(ROLE))).toEqual([ROLE.actions[1], ROLE.actions[0]]);
});

test("the matrix has all resources, and the DAGs that are named, once each, with the actions that there are on a DAG", () => {
  const rows = rowsOf(permissionsOf(ROLE), ["my dag", "other"]);
  expect(rows.filter(({ resource }) => resource.startsWith("DAG:"))).toEqual([
    { resource: "DAG:my dag", actions: ["can_read", "can_edit", "can_delete"] },
    { resource: "DAG:other", actions: ["can_read", "can_edit", "can_delete"] },
  ]);
  expect(rows.find(({ resource }) => resource === "DAG Runs")?.actions).toHaveLength(5);
});

test("a permission is given and taken away again", () => {
  const before = permissionsOf(ROLE);
  const one = permission("can_read", "Pools");
  const after = toggled(before, one);
  expect(differenceOf(before, after)).toEqual({ added: 1, removed: 0 });
  expect(differenceOf(before, toggled(after, one))).toEqual({ added: 0, removed: 0 });
  expect(differenceOf(before, toggled(before, "can_read DAG Runs"))).toEqual({ added: 0, removed: 1 });
});
