import { parseInstant } from "../model/instant-text.ts";
import { MICROS } from "../model/instant.ts";
import { templateContext, type TemplateFacts } from "./template-context.ts";
import type { TemplateContext } from "./compile-template.ts";

/** 2024-01-31T12:30:00Z. */
export const LOGICAL_DATE = parseInstant("2024-01-31T12:30:00Z");

/** Facts of a try of `orders.load` for 31 January 2024, changed as given. */
function someFacts(changes: Partial<TemplateFacts> = {}): TemplateFacts {
  return {
    now: parseInstant("2024-02-02"),
    dagId: "orders",
    runId: "scheduled__2024-01-31T12:30:00+00:00",
    runType: "scheduled",
    logicalDate: LOGICAL_DATE,
    dataInterval: { start: LOGICAL_DATE, end: LOGICAL_DATE + MICROS.d },
    zone: "Europe/Berlin",
    params: { minimum: 5, names: ["a", "it's"], deep: { on: true, none: null } },
    conf: { force: true },
    taskInstance: { taskId: "load", tryNumber: 2, maxTries: 3, mapIndex: -1 },
    variable: () => undefined,
    connection: () => undefined,
    random: () => 0.5,
    ...changes,
  };
}

/** The context of {@link someFacts}. */
export function aContext(changes: Partial<TemplateFacts> = {}): TemplateContext {
  return templateContext(someFacts(changes));
}
