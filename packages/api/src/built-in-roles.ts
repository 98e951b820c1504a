import { ACTIONS, DAG_ACTIONS, RESOURCES, type Action, type Need, type Resource } from "./access.ts";

const on = (action: Action, ...resources: readonly Resource[]): readonly Need[] =>
  resources.map((resource) => [action, resource]);

const VIEWER: readonly Need[] = [
  ...on(
    "can_read",
    "DAGs",
    "DAG Dependencies",
    "DAG Code",
    "DAG Runs",
    "Datasets",
    "Cluster Activity",
    "Pools",
    "ImportError",
    "DAG Warnings",
    "Jobs",
    "My Password",
    "My Profile",
    "Plugins",
    "SLA Misses",
    "Task Instances",
    "Task Logs",
    "XComs",
    "Website",
    "Webhooks",
    "Backfills",
  ),
  ...on("can_edit", "My Password", "My Profile"),
  ...on(
    "menu_access",
    "Browse",
    "DAGs",
    "DAG Dependencies",
    "DAG Runs",
    "Datasets",
    "Cluster Activity",
    "Docs",
    "Documentation",
    "Jobs",
    "Plugins",
    "SLA Misses",
    "Task Instances",
    "Backfills",
  ),
];

const USER: readonly Need[] = [
  ...VIEWER,
  ...on("can_edit", "DAGs", "DAG Runs", "Task Instances", "Backfills"),
  ...on("can_create", "DAG Runs", "Task Instances", "Datasets", "Backfills"),
  ...on("can_delete", "DAGs", "DAG Runs", "Task Instances"),
];

const OP: readonly Need[] = [
  ...USER,
  ...on("can_read", "Configurations", "Connections", "Providers", "Variables"),
  ...on("can_create", "Connections", "Pools", "Variables"),
  ...on("can_edit", "Connections", "Pools", "Variables", "Webhooks"),
  ...on("can_delete", "Connections", "Pools", "Variables", "XComs", "Datasets"),
  ...on(
    "menu_access",
    "Admin",
    "Configurations",
    "Connections",
    "Pools",
    "Variables",
    "Providers",
    "XComs",
    "Webhooks",
  ),
];

const ADMIN: readonly Need[] = ACTIONS.flatMap((action) => on(action, ...RESOURCES));

/** The roles that are there from the start, with Airflow 2.10's permissions and those on what Airflow does not have. Admin may do everything. */
export const BUILT_IN_ROLES = {
  Admin: ADMIN,
  Op: OP,
  User: USER,
  Viewer: VIEWER,
  Public: [],
} as const satisfies Readonly<Record<string, readonly Need[]>>;

/** Whether there is such a permission: a known action on a known resource, or on one DAG. */
export function isPermission(action: string, resource: string): boolean {
  if (/^DAG:./.test(resource)) return DAG_ACTIONS.some((each) => each === action);
  return ACTIONS.some((each) => each === action) && RESOURCES.some((each) => each === resource);
}
