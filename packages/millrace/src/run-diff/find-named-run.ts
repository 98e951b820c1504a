import { MillraceError, type RunDetail } from "@millrace/core";
import { getDag, getRun } from "../cli/find-things.ts";
import type { OpenProject } from "../cli/open-project.ts";

/** A run as somebody named it, and its DAG. */
export interface NamedRun {
  readonly dagId: string;
  /** Run id, logical date, `latest` or `latest~3`. */
  readonly run: string;
}

/**
 * Reads names of runs: `DAG/RUN`, or the run alone when `dagId` says of which DAG, or another one of the names does.
 *
 * @throws MillraceError BAD_ARGUMENT when a DAG is missing
 */
export function readRunNames(names: readonly string[], dagId: string | undefined): readonly NamedRun[] {
  const split = names.map((name): { readonly dagId?: string; readonly run: string } => {
    const slash = name.indexOf("/");
    if (dagId !== undefined) return { dagId, run: name.startsWith(`${dagId}/`) ? name.slice(dagId.length + 1) : name };
    return slash < 0 ? { run: name } : { dagId: name.slice(0, slash), run: name.slice(slash + 1) };
  });
  const other = split.find((each) => each.dagId !== undefined)?.dagId;
  return split.map(({ dagId: own = other, run }) => {
    if (own !== undefined && own !== "" && run !== "") return { dagId: own, run };
    throw new MillraceError("BAD_ARGUMENT", `of which DAG is the run "${run}"?`, {
      details: { hint: "Name it with -d <dag_id>, or as <dag_id>/<run>." },
    });
  });
}

/** The run of that name. @throws MillraceError NOT_FOUND with near names */
export async function getNamedRun(
  project: Pick<OpenProject, "engine" | "queries">,
  { dagId, run }: NamedRun,
): Promise<RunDetail> {
  await getDag(project, dagId);
  const back = /^latest~(\d{1,3})$/.exec(run)?.[1];
  if (back === undefined) return await getRun(project, dagId, run);
  const recent = (await project.queries.listRuns({ dagId, limit: Number(back) + 1 })).items;
  const found = recent.at(Number(back));
  if (found) return await getRun(project, dagId, found.runKey);
  throw new MillraceError("NOT_FOUND", `the DAG ${dagId} has ${recent.length} runs, so there is no ${run}`, {
    details: { dagId, hint: `\`millrace runs list ${dagId}\` shows them; latest~1 is the one before the newest.` },
  });
}
