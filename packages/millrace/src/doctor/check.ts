import type { DatabasePool } from "@millrace/store";
import type { Config } from "../config.ts";
import type { Verdict } from "./verdict.ts";

/** Why a configuration cannot be used. */
export interface ConfigTrouble {
  readonly message: string;
  readonly hint?: string;
}

/** The machine and the project that are examined. */
export interface Subject {
  readonly projectFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False where there is neither `millrace.json` nor a DAG folder nor a data folder. */
  readonly isProject: boolean;
  readonly config: Config | ConfigTrouble;
}

/** A subject whose configuration is sound. */
export interface Project extends Subject {
  readonly config: Config;
}

/** A project whose database can be used. */
export interface ConnectedProject extends Project {
  readonly pool: DatabasePool;
  /** What to tell people: `embedded PostgreSQL` or the server's host. */
  readonly databaseName: string;
}

/** What a check needs before it can look at anything. Each has what comes before it, too. */
interface SubjectOf {
  readonly machine: Subject;
  readonly configuration: Project;
  readonly project: Project;
  readonly database: ConnectedProject;
  /** The schema is that of this program. */
  readonly schema: ConnectedProject;
}
export type Need = keyof SubjectOf;

/** One thing that `millrace doctor` looks at. */
export interface Check<N extends Need = Need> {
  readonly name: string;
  readonly about: string;
  readonly needs: N;
  /** Default 5 000. */
  readonly limitMs?: number;
  readonly examine: (subject: SubjectOf[N]) => Promise<readonly Verdict[]>;
}

/** A check of any need. */
export type AnyCheck = { readonly [N in Need]: Check<N> }[Need];

/** Makes a check of its two halves: one that looks, and one that judges what was seen and is pure. */
export function makeCheck<N extends Need, Facts>(parts: {
  readonly name: string;
  readonly about: string;
  readonly needs: N;
  readonly limitMs?: number;
  readonly gather: (subject: SubjectOf[N]) => Promise<Facts>;
  readonly judge: (facts: Facts) => readonly Verdict[];
}): Check<N> {
  const { gather, judge, ...rest } = parts;
  return { ...rest, examine: async (subject) => judge(await gather(subject)) };
}
