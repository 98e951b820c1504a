import type { Action, Resource } from "@millrace/api";
import {
  Activity,
  Boxes,
  Cable,
  CircleUser,
  Cpu,
  FileClock,
  History,
  House,
  KeyRound,
  Layers,
  LayoutDashboard,
  ListChecks,
  Network,
  Plug,
  Puzzle,
  Server,
  Settings,
  ShieldCheck,
  SquareFunction,
  Users,
  Variable,
  Webhook,
  Workflow,
  type LucideIcon,
} from "lucide-react";
import { texts } from "../texts/index.ts";

const words = texts.shell;

/** An entry of the main navigation. */
export interface NavigationEntry {
  readonly label: string;
  readonly to:
    | "/"
    | "/dags"
    | "/assets"
    | "/runs"
    | "/task-instances"
    | "/backfills"
    | "/activity"
    | "/dependencies"
    | "/jobs"
    | "/workers"
    | "/audit-log"
    | "/webhook-deliveries"
    | "/pages"
    | "/connections"
    | "/variables"
    | "/pools"
    | "/configuration"
    | "/providers"
    | "/plugins"
    | "/users"
    | "/roles"
    | "/tokens"
    | "/account";
  readonly icon: LucideIcon;
  /** Shown to those who have it. */
  readonly needs?: readonly [Action, Resource];
}

/** Entries under a heading. */
export interface NavigationGroup {
  readonly label?: string;
  readonly entries: readonly NavigationEntry[];
}

/** The main navigation, as somebody with all permissions sees it. */
export const NAVIGATION: readonly NavigationGroup[] = [
  {
    entries: [
      { label: words.home, to: "/", icon: House },
      { label: words.dags, to: "/dags", icon: Workflow },
      { label: words.assets, to: "/assets", icon: Boxes, needs: ["can_read", "Datasets"] },
      { label: words.pages, to: "/pages", icon: LayoutDashboard },
    ],
  },
  {
    label: words.browse,
    entries: [
      { label: words.runs, to: "/runs", icon: ListChecks, needs: ["can_read", "DAG Runs"] },
      {
        label: words.taskInstances,
        to: "/task-instances",
        icon: SquareFunction,
        needs: ["can_read", "Task Instances"],
      },
      { label: words.backfills, to: "/backfills", icon: History, needs: ["can_read", "Backfills"] },
      { label: words.activity, to: "/activity", icon: Activity, needs: ["can_read", "Cluster Activity"] },
      { label: words.dependencies, to: "/dependencies", icon: Network, needs: ["can_read", "DAG Dependencies"] },
      { label: words.workers, to: "/workers", icon: Cpu, needs: ["can_read", "Jobs"] },
      { label: words.jobs, to: "/jobs", icon: Server, needs: ["can_read", "Jobs"] },
      { label: words.webhooks, to: "/webhook-deliveries", icon: Webhook, needs: ["can_read", "Webhooks"] },
      { label: words.auditLog, to: "/audit-log", icon: FileClock, needs: ["can_read", "Audit Logs"] },
    ],
  },
  {
    label: words.admin,
    entries: [
      { label: words.connections, to: "/connections", icon: Cable, needs: ["can_read", "Connections"] },
      { label: words.variables, to: "/variables", icon: Variable, needs: ["can_read", "Variables"] },
      { label: words.pools, to: "/pools", icon: Layers, needs: ["can_read", "Pools"] },
      { label: words.configuration, to: "/configuration", icon: Settings, needs: ["can_read", "Configurations"] },
      { label: words.providers, to: "/providers", icon: Plug, needs: ["can_read", "Providers"] },
      { label: words.plugins, to: "/plugins", icon: Puzzle, needs: ["can_read", "Plugins"] },
    ],
  },
  {
    label: words.security,
    entries: [
      { label: words.users, to: "/users", icon: Users, needs: ["can_read", "Users"] },
      { label: words.roles, to: "/roles", icon: ShieldCheck, needs: ["can_read", "Roles"] },
      { label: words.tokens, to: "/tokens", icon: KeyRound, needs: ["can_read", "Tokens"] },
      { label: words.account, to: "/account", icon: CircleUser },
    ],
  },
];
