import type { SystemRules } from "@millrace/core";
import type { Config } from "../config.ts";

/** What a project's configuration decides for all of its DAGs. */
export function rulesOf({ core, scheduler, security }: Config): SystemRules {
  return {
    defaultTaskRetries: core.defaultTaskRetries,
    maxMapLength: core.maxMapLength,
    confOverridesParams: core.dagRunConfOverridesParams,
    allowTriggerInFuture: scheduler.allowTriggerInFuture,
    network: { privateAddresses: security.privateAddresses, allowedHosts: security.allowedHosts },
  };
}
