import { expect, test } from "vitest";
import { loadConfig } from "../config.ts";
import { templateConfiguration } from "./template-configuration.ts";

test("templates get every setting as text, and of secret ones only the name", () => {
  const env = { MILLRACE__DATABASE__URL: "postgresql://ada:hidden@db/x", MILLRACE__CORE__DAG_FOLDERS: "/a,/b" };
  const { values, secrets } = templateConfiguration(loadConfig({ folder: "/nowhere", env }));
  expect(values).toMatchObject({ "core.dagFolders": "/a,/b", "core.maxMapLength": "100000", "logs.level": "info" });
  expect(secrets).toEqual([
    "database.url",
    "auth.adminPassword",
    "auth.oidcClientSecret",
    "auth.ldapBindPassword",
    "security.secretKeys",
  ]);
  expect(JSON.stringify(values)).not.toContain("hidden");
});
