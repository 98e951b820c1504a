import { expect, test } from "vitest";
import { childEnvironment } from "./child-environment.ts";

test("a worker gets where things are, its own variables and what the configuration names, and no credential", () => {
  const environment = {
    PATH: "/bin",
    LC_ALL: "C",
    TZ: "UTC",
    MILLRACE_TASK_TOKEN: "t",
    MILLRACE_DATABASE_URL: "postgres://secret",
    AWS_SECRET_ACCESS_KEY: "s",
    HTTPS_PROXY: "p",
    EMPTY: undefined,
  };
  expect(childEnvironment(environment, ["HTTPS_PROXY", "EMPTY"])).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    TZ: "UTC",
    MILLRACE_TASK_TOKEN: "t",
    HTTPS_PROXY: "p",
  });
});
