import { expect, test } from "vitest";
import { isSecretName } from "./secret-names.ts";

test.each([
  "db_password",
  "API_KEY",
  "githubToken",
  "client-secret",
  "privateKey",
  "aws_secret_access_key",
  "x-api-key",
  "basic_auth",
])("%s names a secret", (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each(["region", "keys", "monkey", "author", "pass_rate"])("%s names none", (name) => {
  expect(isSecretName(name)).toBe(false);
});
