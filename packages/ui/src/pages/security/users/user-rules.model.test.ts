import { expect, test } from "vitest";
import { isLastAdmin, makeUpPassword, rolesOf, type User } from "./user-rules.model.ts";

const aUser = (username: string, roles: readonly string[], active = true): User => ({
  username,
  active,
  email: `${username}@example.org`,
  first_name: "",
  last_name: "",
  roles: roles.map((name) => ({ name })),
  last_login: null,
  login_count: 0,
  failed_login_count: 0,
  created_on: null,
  changed_on: null,
});

test("the last active Admin is known; of two none is the last", () => {
  const [ada, bob, old] = [aUser("ada", ["Admin"]), aUser("bob", ["Op"]), aUser("old", ["Admin"], false)];
  expect(isLastAdmin(ada, [ada, bob, old])).toBe(true);
  expect(isLastAdmin(bob, [ada, bob])).toBe(false);
  const both = aUser("bea", ["Op", "Admin"]);
  expect(isLastAdmin(ada, [ada, both])).toBe(false);
});

test("roles are read by their names", () => {
  expect(rolesOf({ roles: [{ name: "Op" }, null] })).toEqual(["Op"]);
});

test("passwords that are made up are long, and use every byte", () => {
  const password = makeUpPassword(Uint8Array.from({ length: 32 }, (_, index) => index * 8));
  expect(password).toHaveLength(20);
  expect(new Set(password).size).toBeGreaterThan(7);
});
