import type { AnyCheck, ConnectedProject, Project, Subject } from "./check.ts";
import { openOnce, type DatabaseOnce } from "./open-once.ts";
import { skipped, type Verdict } from "./verdict.ts";
import { within, type Looked } from "./within.ts";

const CHECK_LIMIT_MS = 5_000;

/** What one check has found. */
export interface Examined {
  readonly check: string;
  readonly verdict: Verdict;
}

/**
 * Makes the checks one after the other, each within its time: what takes longer is given up, and says so. The database is opened when the first check
 * needs it, and closed at the end.
 *
 * @param onCheck hears of each check before it begins.
 * @returns what was found, and whether something was given up that may still be at work.
 */
export async function examine(
  subject: Subject,
  checks: readonly AnyCheck[],
  onCheck: (name: string) => void,
): Promise<{ readonly found: readonly Examined[]; readonly isStuck: boolean }> {
  const found: Examined[] = [];
  const database = openOnce();
  let isStuck = false;
  try {
    for (const check of checks) {
      onCheck(check.name);
      const { verdicts, isLate } = await examineOne(check, subject, database);
      isStuck ||= isLate;
      found.push(...verdicts.map((verdict) => ({ check: check.name, verdict })));
    }
  } finally {
    isStuck = !(await database.close()) || isStuck;
  }
  return { found, isStuck };
}

async function examineOne(check: AnyCheck, subject: Subject, database: DatabaseOnce): Promise<Looked> {
  const limitMs = check.limitMs ?? CHECK_LIMIT_MS;
  if (check.needs === "machine") return await within(limitMs, () => check.examine(subject));
  if ("message" in subject.config) return refused(skipped("the configuration cannot be used"));
  const project: Project = { ...subject, config: subject.config };
  if (check.needs === "configuration") return await within(limitMs, () => check.examine(project));
  if (!subject.isProject) return refused(skipped("there is no project here"));
  if (check.needs === "project") return await within(limitMs, () => check.examine(project));
  const opened = await database.open(project.config);
  if (opened.kind === "shut") return refused(opened.verdict);
  const { pool, name, hasSchema } = opened;
  const connected: ConnectedProject = { ...project, pool, databaseName: name };
  if (check.needs === "schema" && !hasSchema)
    return refused(skipped("the schema is not that of this program: see the check `schema`"));
  return await within(limitMs, () => check.examine(connected));
}

function refused(verdict: Verdict): Looked {
  return { verdicts: [verdict], isLate: false };
}
