import type { GraphParam } from "../graph/graph.ts";

/** Pictures that the UI has for pages. */
export const PAGE_ICONS = [
  "activity",
  "chart",
  "database",
  "gauge",
  "globe",
  "heart",
  "list",
  "shield",
  "table",
] as const;

/** One of {@link PAGE_ICONS}. */
export type PageIcon = (typeof PAGE_ICONS)[number];

/** What a page declares: where it stands, and what it may read. Plain JSON. */
export interface PageInfo {
  readonly pageId: string;
  readonly title: string;
  readonly description?: string;
  readonly icon?: PageIcon;
  /** The DAG that it is a tab of; absent = a page of its own. */
  readonly dagId?: string;
  /** The DAGs that it may read; whoever looks at it must be allowed to read them all. */
  readonly dagIds: readonly string[];
  readonly refreshSeconds: number;
  readonly timeLimitMs: number;
  readonly connections: readonly string[];
  readonly variables: readonly string[];
  readonly params: Readonly<Record<string, GraphParam>>;
}

/** A page as the DAG processor found it. */
export interface FoundPage extends PageInfo {
  readonly bundleHash: string;
}
