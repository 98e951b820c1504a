import * as api from "@millrace/api";
import type { Caller } from "@millrace/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readAccessTable, tableRow, type AccessTable, type Verdict } from "../../harness/access-table.ts";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

// Every operation is asked for by everybody; what comes of it is compared with docs/reference/permissions.md, which people wrote.

const DAGS = `
import { dag } from "millrace";
export const own = dag("own", ({ task }) => { task("a", () => 1); });
export const other = dag("other", ({ task }) => { task("a", () => 1); });
`;

type RoleName = keyof typeof api.BUILT_IN_ROLES;
const permissionsOf = (role: RoleName): readonly string[] =>
  api.BUILT_IN_ROLES[role].map(([action, resource]) => `${action} ${resource}`);
// Of "gone" there is nothing: it is what is deleted, so that nobody deletes what the next one asks for.
const OWN = ["own", "gone"].flatMap((dag) =>
  ["can_read", "can_edit", "can_delete"].map((each) => `${each} DAG:${dag}`),
);
/** Everything of role User but its permissions on all DAGs. */
const USER_OF_OWN = aCaller(...permissionsOf("User").filter((each) => !each.endsWith(" DAGs")), ...OWN);

interface Column {
  readonly caller: Caller;
  readonly dag: "own" | "other";
}

const COLUMNS = {
  nobody: { caller: { ...aCaller(), kind: "anonymous", name: "anonymous" }, dag: "own" },
  Public: { caller: aCaller(), dag: "own" },
  Viewer: { caller: aCaller(...permissionsOf("Viewer")), dag: "own" },
  User: { caller: aCaller(...permissionsOf("User")), dag: "own" },
  Op: { caller: aCaller(...permissionsOf("Op")), dag: "own" },
  Admin: { caller: aCaller(...permissionsOf("Admin")), dag: "own" },
  "DAG:own, own": { caller: aCaller(...OWN), dag: "own" },
  "DAG:own, other": { caller: aCaller(...OWN), dag: "other" },
  "User of own, own": { caller: USER_OF_OWN, dag: "own" },
  "User of own, other": { caller: USER_OF_OWN, dag: "other" },
} as const satisfies Readonly<Record<string, Column>>;

/** Bodies that fit, where only the handler knows which DAG a request is about. They are sent about the foreign DAG alone. */
const BODIES: Readonly<Record<string, unknown>> = {
  clearRun: {},
  markTaskInstances: { state: "success", select: { taskIds: ["a"] } },
  markWholeRun: { state: "success" },
  setRunNote: { note: "n" },
  setTaskNote: { note: "n" },
  setBackfillState: { state: "paused" },
};

interface Asked {
  readonly id: string;
  readonly method: api.Method;
  /** With placeholders like `{dag_id}`. */
  readonly path: string;
}

let server: ServerHarness;
let table: AccessTable;
const runIds: Record<string, number> = {};
const backfillIds: Record<string, number> = {};

beforeAll(async () => {
  server = await startServer({ settings: { requestsPerMinute: 0, exposeConfig: true } });
  await server.engine.deploy(DAGS);
  const { accounts, queries } = server.ports;
  const { name } = aCaller();
  await accounts.createUser({ username: name, email: "s@example.com", firstName: "", lastName: "", roles: [] });
  for (const dagId of ["own", "other"]) {
    const { runId } = await server.engine.trigger(dagId, { runKey: "r" });
    await server.engine.ended(runId);
    runIds[dagId] = runId;
    const dates = { from: 1_735_689_600_000_000, to: 1_735_689_600_000_000 };
    const options = { reprocess: "none", reverse: false, maxActiveRuns: 1, conf: null } as const;
    backfillIds[dagId] = (await queries.createBackfill({ dagId, ...dates, ...options }, "user:test")).backfillId;
  }
  table = await readAccessTable();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** What the packages declare, but the execution API: its credential is the dispatch, not a user. */
function operations(): readonly Asked[] {
  const declared: readonly unknown[] = Object.values(api);
  const own = declared.filter((each) => isOperation(each)).filter(({ path }) => !path.startsWith("/execution/"));
  const below = (root: string, { id, method, path }: api.Operation): Asked => ({ id, method, path: root + path });
  return [
    ...api.V1_OPERATIONS.map(({ id, method, path }) => ({ id, method, path: `/api/v1${path}` })),
    ...own.map((operation) => below("/api/millrace/v1", operation)),
  ];
}

function isOperation(value: unknown): value is api.Operation {
  return typeof value === "object" && value !== null && "access" in value && "summary" in value && "path" in value;
}

async function statusOf({ id, method, path }: Asked, { caller, dag }: Column): Promise<number> {
  // What is foreign must be refused: there it may be the real thing.
  const isDeleting = method === "DELETE" && dag === "own";
  const url = path
    .replace(/\{dag_id\}|\{dagId\}/, isDeleting ? "gone" : dag)
    .replace("{runId}", isDeleting ? "999999" : String(runIds[dag]))
    .replace(/\{dag_run_id\}|\{runKey\}/, "r")
    .replaceAll(/\{task_id\}|\{taskId\}/g, "a")
    .replace("{mapIndex}", "-1")
    .replace("{backfillId}", isDeleting ? "999999" : String(backfillIds[dag]))
    .replaceAll(/\{version\}|\{older\}/g, "1")
    .replaceAll(/\{\w*([iI]ndex|number|[a-z]Id|_id)\}/g, "999999")
    .replaceAll(/\{\w+\}/g, "none");
  if (method === "DELETE" || method === "GET") return await server.statusOf(method, url, { as: caller });
  const body = dag === "other" && id in BODIES ? BODIES[id] : "{";
  return await server.statusOf(method, url, { as: caller, body });
}

async function verdictsOf(operation: Asked): Promise<ReadonlyMap<string, Verdict>> {
  const { Admin: admin } = COLUMNS;
  const forAdmin = await statusOf(operation, admin);
  const verdicts = new Map<string, Verdict>();
  for (const [name, column] of Object.entries(COLUMNS)) {
    const status = await statusOf(operation, column);
    const isThere = forAdmin !== 404 || (column.dag === "other" && operation.path.includes("{runId}"));
    if (status === 401 || status === 403) verdicts.set(name, `${status}`);
    else verdicts.set(name, status === 404 && isThere ? "hidden" : "yes");
  }
  return verdicts;
}

test("every operation lets in whom the permissions page says, and nobody else", { timeout: 240_000 }, async () => {
  const differing: string[] = [];
  const seen = new Set<string>();
  for (const operation of operations()) {
    const name = `${operation.method} ${operation.path}`;
    seen.add(name);
    const verdicts = await verdictsOf(operation);
    const written = table.get(name);
    const isSame = written !== undefined && [...verdicts].every(([column, verdict]) => written.get(column) === verdict);
    if (!isSame) differing.push(tableRow(name, [...verdicts.values()]));
  }
  expect(differing.join("\n"), "rows as the server behaves: right ones belong into docs/reference/permissions.md").toBe(
    "",
  );
  expect(
    [...table.keys()].filter((name) => !seen.has(name)),
    "rows of operations that are not there",
  ).toEqual([]);
});
