import { relative } from "node:path";
import type { SchedulesSource } from "@millrace/engine";
import type { Config } from "../config.ts";
import { didYouMean } from "../near-names.ts";
import { parseSchedules } from "./parse-schedules.ts";

/** The schedules file of a project, if it has one. */
export function schedulesSourceOf({ core, projectFolder, sources }: Config): SchedulesSource | undefined {
  const { schedulesFile, environment } = core;
  if (schedulesFile === undefined) return undefined;
  const given = sources.get("core.environment") ?? "the default of core.environment";
  return {
    file: schedulesFile,
    name: relative(projectFolder, schedulesFile),
    parse: parseSchedules,
    missing: `there is no such file; core.schedulesFile names it, and the environment is ${environment} (${given})`,
    didYouMean,
  };
}
