// Every address of the interface. Pages are loaded when they are first shown. Addresses of Airflow's interface that links elsewhere point to are kept.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type SearchSchemaInput,
} from "@tanstack/react-router";
import { RouteError, RouteNotFound, RoutePending } from "./route-states.tsx";
import { Shell } from "./shell.tsx";
import { parseFilters, writeFilters, type UrlFilters } from "./url-filters.ts";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: RouteNotFound,
  // Names and values are text; each page knows its own.
  validateSearch: (search: UrlFilters & SearchSchemaInput): UrlFilters => search,
});

const top = { getParentRoute: () => root } as const;

const home = createRoute({
  ...top,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/home/home-page.tsx"), "HomePage"),
});
const dags = createRoute({
  ...top,
  path: "/dags",
  component: lazyRouteComponent(() => import("../pages/dags/dags-page.tsx"), "DagsPage"),
});

const dag = createRoute({
  ...top,
  path: "/dags/$dagId",
  component: lazyRouteComponent(() => import("../pages/dag/dag-page.tsx"), "DagPage"),
});
const trigger = createRoute({
  ...top,
  path: "/dags/$dagId/trigger",
  component: lazyRouteComponent(() => import("../pages/trigger/trigger-page.tsx"), "TriggerPage"),
});
const run = createRoute({
  ...top,
  path: "/dags/$dagId/runs/$runKey",
  component: lazyRouteComponent(() => import("../pages/run/run-page.tsx"), "RunPage"),
});
const task = createRoute({
  ...top,
  path: "/dags/$dagId/runs/$runKey/tasks/$taskId",
  component: lazyRouteComponent(() => import("../pages/task/task-page.tsx"), "TaskPage"),
});
const assets = createRoute({
  ...top,
  path: "/assets",
  component: lazyRouteComponent(() => import("../pages/assets/assets-page.tsx"), "AssetsPage"),
});
const assetGraph = createRoute({
  ...top,
  path: "/assets/graph",
  component: lazyRouteComponent(() => import("../pages/assets/asset-graph-page.tsx"), "AssetGraphPage"),
});
const asset = createRoute({
  ...top,
  path: "/assets/asset",
  component: lazyRouteComponent(() => import("../pages/assets/asset-page.tsx"), "AssetPage"),
});
const runs = createRoute({
  ...top,
  path: "/runs",
  component: lazyRouteComponent(() => import("../pages/browse/runs-page.tsx"), "RunsPage"),
});
const taskInstances = createRoute({
  ...top,
  path: "/task-instances",
  component: lazyRouteComponent(() => import("../pages/browse/task-instances-page.tsx"), "TaskInstancesPage"),
});
const backfills = createRoute({
  ...top,
  path: "/backfills",
  component: lazyRouteComponent(() => import("../pages/backfills/backfills-page.tsx"), "BackfillsPage"),
});
const auditLog = createRoute({
  ...top,
  path: "/audit-log",
  component: lazyRouteComponent(() => import("../pages/browse/audit-log-page.tsx"), "AuditLogPage"),
});
const jobs = createRoute({
  ...top,
  path: "/jobs",
  component: lazyRouteComponent(() => import("../pages/browse/jobs-page.tsx"), "JobsPage"),
});
const workers = createRoute({
  ...top,
  path: "/workers",
  component: lazyRouteComponent(() => import("../pages/browse/workers-page.tsx"), "WorkersPage"),
});
const webhooks = createRoute({
  ...top,
  path: "/webhook-deliveries",
  component: lazyRouteComponent(() => import("../pages/browse/webhooks-page.tsx"), "WebhooksPage"),
});
const activity = createRoute({
  ...top,
  path: "/activity",
  component: lazyRouteComponent(() => import("../pages/browse/activity-page.tsx"), "ActivityPage"),
});
const dependencies = createRoute({
  ...top,
  path: "/dependencies",
  component: lazyRouteComponent(() => import("../pages/graph/dependencies-page.tsx"), "DependenciesPage"),
});
const pages = createRoute({
  ...top,
  path: "/pages",
  component: lazyRouteComponent(() => import("../pages/plugins/pages-page.tsx"), "PagesPage"),
});
const plugin = createRoute({
  ...top,
  path: "/pages/$pageId",
  component: lazyRouteComponent(() => import("../pages/plugins/plugin-page.tsx"), "PluginPage"),
});
const connections = createRoute({
  ...top,
  path: "/connections",
  component: lazyRouteComponent(() => import("../pages/admin/connections-page.tsx"), "ConnectionsPage"),
});
const variables = createRoute({
  ...top,
  path: "/variables",
  component: lazyRouteComponent(() => import("../pages/admin/variables-page.tsx"), "VariablesPage"),
});
const pools = createRoute({
  ...top,
  path: "/pools",
  component: lazyRouteComponent(() => import("../pages/admin/pools-page.tsx"), "PoolsPage"),
});
const configuration = createRoute({
  ...top,
  path: "/configuration",
  component: lazyRouteComponent(() => import("../pages/admin/configuration-page.tsx"), "ConfigurationPage"),
});
const providers = createRoute({
  ...top,
  path: "/providers",
  component: lazyRouteComponent(() => import("../pages/admin/providers-page.tsx"), "ProvidersPage"),
});
const plugins = createRoute({
  ...top,
  path: "/plugins",
  component: lazyRouteComponent(() => import("../pages/admin/plugins-page.tsx"), "PluginsPage"),
});
const users = createRoute({
  ...top,
  path: "/users",
  component: lazyRouteComponent(() => import("../pages/security/users-page.tsx"), "UsersPage"),
});
const roles = createRoute({
  ...top,
  path: "/roles",
  component: lazyRouteComponent(() => import("../pages/security/roles-page.tsx"), "RolesPage"),
});
const tokens = createRoute({
  ...top,
  path: "/tokens",
  component: lazyRouteComponent(() => import("../pages/security/tokens-page.tsx"), "TokensPage"),
});
const account = createRoute({
  ...top,
  path: "/account",
  component: lazyRouteComponent(() => import("../pages/security/account-page.tsx"), "AccountPage"),
});

/** Tabs of a DAG. */
const ofDag = { getParentRoute: () => dag } as const;
const dagIndex = createRoute({
  ...ofDag,
  path: "/",
  beforeLoad: ({ params }) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told
    throw redirect({ to: "/dags/$dagId/grid", params, replace: true });
  },
});
const gridTab = createRoute({
  ...ofDag,
  path: "grid",
  component: lazyRouteComponent(() => import("../pages/dag/grid-tab.tsx"), "GridTab"),
});
const graphTab = createRoute({
  ...ofDag,
  path: "graph",
  component: lazyRouteComponent(() => import("../pages/graph/graph-tab.tsx"), "GraphTab"),
});
const ganttTab = createRoute({
  ...ofDag,
  path: "gantt",
  component: lazyRouteComponent(() => import("../pages/dag/gantt-tab.tsx"), "GanttTab"),
});
const calendarTab = createRoute({
  ...ofDag,
  path: "calendar",
  component: lazyRouteComponent(() => import("../pages/dag/calendar-tab.tsx"), "CalendarTab"),
});
const durationsTab = createRoute({
  ...ofDag,
  path: "durations",
  component: lazyRouteComponent(() => import("../pages/dag/durations-tab.tsx"), "DurationsTab"),
});
const runsTab = createRoute({
  ...ofDag,
  path: "runs",
  component: lazyRouteComponent(() => import("../pages/dag/runs-tab.tsx"), "RunsTab"),
});
const tasksTab = createRoute({
  ...ofDag,
  path: "tasks",
  component: lazyRouteComponent(() => import("../pages/dag/tasks-tab.tsx"), "TasksTab"),
});
const codeTab = createRoute({
  ...ofDag,
  path: "code",
  component: lazyRouteComponent(() => import("../pages/graph/code-tab.tsx"), "CodeTab"),
});
const backfillsTab = createRoute({
  ...ofDag,
  path: "backfills",
  component: lazyRouteComponent(() => import("../pages/backfills/backfills-tab.tsx"), "BackfillsTab"),
});
const detailsTab = createRoute({
  ...ofDag,
  path: "details",
  component: lazyRouteComponent(() => import("../pages/dag/details-tab.tsx"), "DetailsTab"),
});
const eventsTab = createRoute({
  ...ofDag,
  path: "events",
  component: lazyRouteComponent(() => import("../pages/dag/events-tab.tsx"), "EventsTab"),
});
const pluginTab = createRoute({
  ...ofDag,
  path: "pages/$pageId",
  component: lazyRouteComponent(() => import("../pages/plugins/plugin-tab.tsx"), "PluginTab"),
});

/** Tabs of a run. */
const ofRun = { getParentRoute: () => run } as const;
const runIndex = createRoute({
  ...ofRun,
  path: "/",
  beforeLoad: ({ params }) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told
    throw redirect({ to: "/dags/$dagId/runs/$runKey/tasks", params, replace: true });
  },
});
const runTasksTab = createRoute({
  ...ofRun,
  path: "tasks",
  component: lazyRouteComponent(() => import("../pages/run/run-tasks-tab.tsx"), "RunTasksTab"),
});
const runTreeTab = createRoute({
  ...ofRun,
  path: "tree",
  component: lazyRouteComponent(() => import("../pages/run/run-tree-tab.tsx"), "RunTreeTab"),
});
const runGanttTab = createRoute({
  ...ofRun,
  path: "gantt",
  component: lazyRouteComponent(() => import("../pages/run/run-gantt-tab.tsx"), "RunGanttTab"),
});
const runGraphTab = createRoute({
  ...ofRun,
  path: "graph",
  component: lazyRouteComponent(() => import("../pages/run/run-graph-tab.tsx"), "RunGraphTab"),
});
const runEventsTab = createRoute({
  ...ofRun,
  path: "events",
  component: lazyRouteComponent(() => import("../pages/run/run-events-tab.tsx"), "RunEventsTab"),
});
const runDetailsTab = createRoute({
  ...ofRun,
  path: "details",
  component: lazyRouteComponent(() => import("../pages/run/run-details-tab.tsx"), "RunDetailsTab"),
});
const runCodeTab = createRoute({
  ...ofRun,
  path: "code",
  component: lazyRouteComponent(() => import("../pages/run/run-code-tab.tsx"), "RunCodeTab"),
});
const runAssetEventsTab = createRoute({
  ...ofRun,
  path: "asset-events",
  component: lazyRouteComponent(() => import("../pages/run/run-asset-events-tab.tsx"), "RunAssetEventsTab"),
});

const routes = root.addChildren([
  home,
  dags,
  trigger,
  run.addChildren([
    runIndex,
    runTasksTab,
    runTreeTab,
    runGanttTab,
    runGraphTab,
    runEventsTab,
    runDetailsTab,
    runCodeTab,
    runAssetEventsTab,
  ]),
  task,
  assets,
  assetGraph,
  asset,
  runs,
  taskInstances,
  backfills,
  auditLog,
  jobs,
  workers,
  webhooks,
  activity,
  dependencies,
  pages,
  plugin,
  connections,
  variables,
  pools,
  configuration,
  providers,
  plugins,
  users,
  roles,
  tokens,
  account,
  dag.addChildren([
    dagIndex,
    gridTab,
    graphTab,
    ganttTab,
    calendarTab,
    durationsTab,
    runsTab,
    tasksTab,
    codeTab,
    backfillsTab,
    detailsTab,
    eventsTab,
    pluginTab,
  ]),
]);

/** Makes the router of the application. */
export function makeRouter() {
  return createRouter({
    routeTree: routes,
    parseSearch: parseFilters,
    stringifySearch: writeFilters,
    defaultPreload: "intent",
    defaultPendingMs: 150,
    defaultPendingComponent: RoutePending,
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: RouteNotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
