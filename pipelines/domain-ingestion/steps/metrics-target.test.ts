import { expect, test } from "vitest";
import { metricsTarget } from "./metrics-target.ts";

const unset = { gateway: "", environment: "" };
const env = {
  PROMETHEUS_PUSHGATEWAY_URL: "http://gateway:9091",
  MONITORING_ENVIRONMENT: "staging",
  ENVIRONMENT: "production",
};

test("variables come before the environment", () => {
  const variables = { gateway: "http://other:9091", environment: "lab" };
  expect(metricsTarget(variables, env)).toEqual(variables);
});

test("without variables the environment decides, the monitoring's own name before the general one", () => {
  expect(metricsTarget(unset, env)).toEqual({ gateway: "http://gateway:9091", environment: "staging" });
  expect(metricsTarget(unset, { ...env, MONITORING_ENVIRONMENT: "" }).environment).toBe("production");
});

test("without either nothing is pushed, and the environment is development", () => {
  expect(metricsTarget(unset, {})).toEqual({ gateway: "", environment: "development" });
});
