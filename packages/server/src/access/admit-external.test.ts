import { expect, test } from "vitest";
import { rolesOf } from "./admit-external.ts";

const roleOfGroup = [
  ["data", "Op"],
  ["cn=staff,ou=groups,dc=x", "Viewer"],
  ["everybody", "Viewer"],
] as const;

test.each([
  ["by name", ["data"], ["Op"]],
  ["by the first part of a DN, whatever the case", ["CN=Data,ou=groups,dc=x"], ["Op"]],
  ["by the whole DN", ["cn=Staff,OU=groups,dc=x"], ["Viewer"]],
  ["each role once", ["everybody", "cn=staff,ou=groups,dc=x"], ["Viewer"]],
  ["not by a part of a name", ["database", "ou=data"], ["Public"]],
  ["not by a later part of a DN", ["cn=other,cn=data,dc=x"], ["Public"]],
])("groups give roles %s", (_, groups, roles) => {
  expect(rolesOf(groups, { roleOfGroup, defaultRole: "Public", syncsRoles: true })).toEqual(roles);
});

test("without a default role who is in none of the groups has none", () => {
  expect(rolesOf(["other"], { roleOfGroup, syncsRoles: true })).toEqual([]);
});
