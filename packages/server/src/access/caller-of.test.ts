import type { Identity, TokenInfo } from "@millrace/core";
import { expect, test } from "vitest";
import { callerOf, tokenCallerOf } from "./caller-of.ts";

function anIdentity(permissions: readonly string[], roles: readonly string[] = []): Identity {
  const user = {
    userId: 1,
    username: "ada",
    email: "ada@example.com",
    firstName: "",
    lastName: "",
    isActive: true,
    origin: "local" as const,
    mustChangePassword: false,
    roles,
    loginCount: 0,
    failedLoginCount: 0,
    createdAt: 0,
    changedAt: 0,
  };
  return { user, permissions };
}

function aToken(...scopes: readonly string[]): TokenInfo {
  return { tokenId: 1, username: "ada", name: "ci", hint: "mrt_", scopes, createdAt: 0 };
}

const may = (identity: Identity, token: TokenInfo): readonly string[] => [
  ...tokenCallerOf(identity, token).permissions,
];

test("a token may what both it and its user may", () => {
  const user = anIdentity(["can_read Pools", "can_edit Pools"]);
  expect(may(user, aToken("can_read Pools", "can_read Users"))).toEqual(["can_read Pools"]);
  expect(tokenCallerOf(user, aToken())).toMatchObject({ kind: "token", name: "ada/ci", owner: "ada", userId: 1 });
});

test("a permission on all DAGs has in it the one on a DAG, in the user and in the token", () => {
  expect(may(anIdentity(["can_read DAGs"]), aToken("can_read DAG:a", "can_edit DAG:a"))).toEqual(["can_read DAG:a"]);
  expect(may(anIdentity(["can_read DAG:a"]), aToken("can_read DAGs"))).toEqual(["can_read DAG:a"]);
  expect(may(anIdentity(["can_read DAG:a"]), aToken("can_read DAG:b"))).toEqual([]);
});

test("a token without scopes may what its user may; role Admin may everything, whatever is written in it", () => {
  const { scopes: _, ...whole } = aToken();
  expect(may(anIdentity(["can_read Pools"]), whole)).toEqual(["can_read Pools"]);
  expect(callerOf(anIdentity([], ["Admin"])).permissions.has("can_delete Users")).toBe(true);
  expect(may(anIdentity([], ["Admin"]), aToken("can_edit DAG:a"))).toEqual(["can_edit DAG:a"]);
});
