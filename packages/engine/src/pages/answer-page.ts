import {
  connectionSecrets,
  isSecretName,
  MillraceError,
  parseConnection,
  RUN_STATES,
  TASK_STATES,
  type PageInfo,
  type PageStore,
  type Queries,
  type SecretsBackend,
} from "@millrace/core";
import type { PageReads } from "./page-protocol.ts";

/** What answers to pages are made of. */
export interface PageSources {
  readonly store: Pick<PageStore, "recentInstances" | "recentResults">;
  readonly queries: Pick<Queries, "listRuns" | "listAssetEvents">;
  /** Where variables and connections are looked for. */
  readonly secrets: SecretsBackend;
}

/**
 * Answers what the code of a page asks: facts of the DAGs that the page names, and what it declares of variables and connections. What is secret in
 * them is added to `secrets`.
 */
export function answerPage(
  page: PageInfo,
  { store, queries, secrets: backend }: PageSources,
  secrets: Set<string>,
): PageReads {
  const readable = (dagId: string): string => {
    if (page.dagIds.includes(dagId)) return dagId;
    throw new MillraceError(
      "NOT_ALLOWED",
      `page ${page.pageId} does not name the DAG ${dagId}: add it to its \`reads\``,
    );
  };
  const declared = (list: "variables" | "connections", name: string): string => {
    if (page[list].includes(name)) return name;
    throw new MillraceError("NOT_ALLOWED", `page ${page.pageId} does not declare ${name}: add it to its \`${list}\``);
  };
  return {
    async variable(key) {
      const text = await backend.variable(declared("variables", key));
      if (text !== undefined && isSecretName(key)) secrets.add(text);
      return text ?? null;
    },
    async connection(id) {
      const text = await backend.connection(declared("connections", id));
      if (text !== undefined) for (const secret of connectionSecrets(parseConnection(id, text))) secrets.add(secret);
      return text ?? null;
    },
    async runs({ dagId, states, limit }) {
      const wanted = states && { states: chosen("states", states, RUN_STATES) };
      return (await queries.listRuns({ dagId: readable(dagId), ...wanted, limit: count("limit", limit ?? 100, 1_000) }))
        .items;
    },
    async instances({ dagId, taskIds, states, runs, limit }) {
      return await store.recentInstances({
        dagId: readable(dagId),
        ...(taskIds && { taskIds: taskIds.map(String) }),
        ...(states && { states: chosen("states", states, TASK_STATES) }),
        runs: count("runs", runs ?? 50, 500),
        limit: count("limit", limit ?? 200, 1_000),
      });
    },
    async results({ dagId, taskId, key, limit }) {
      return await store.recentResults({
        dagId: readable(dagId),
        taskId: String(taskId),
        ...(key !== undefined && { key: String(key) }),
        limit: count("limit", limit ?? 100, 500),
      });
    },
    async assetEvents({ uri, limit }) {
      const { items } = await queries.listAssetEvents({ uri: String(uri), limit: count("limit", limit ?? 100, 1_000) });
      return items.filter(({ dagId }) => dagId === undefined || page.dagIds.includes(dagId));
    },
  };
}

function count(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new MillraceError("BAD_ARGUMENT", `${name} must be a whole number from 1 to ${most}, not ${value}`);
}

function chosen<Word extends string>(name: string, given: readonly string[], known: readonly Word[]): readonly Word[] {
  return given.map((word) => {
    const found = known.find((one) => one === word);
    if (found !== undefined) return found;
    throw new MillraceError("BAD_ARGUMENT", `${name}: there is no "${word}"; there are ${known.join(", ")}`);
  });
}
