import { compileTemplate, isTemplate } from "./compile-template.ts";
import type { CallExpression, CompiledTemplate, Expression, MemberExpression } from "./syntax.ts";

/** A value of another task; of a mapped one all, unless an index is named. */
export interface ReferencedXCom {
  readonly taskId: string;
  readonly key: string;
  readonly mapIndex?: number | undefined;
  /** Of its run with the same logical date; absent = the own DAG. */
  readonly dagId?: string;
  /** An earlier run may give it. */
  readonly includePriorDates?: true;
}

/** What templates use that must be loaded before they can be rendered. */
export interface ReferencedNames {
  readonly variables: readonly string[];
  readonly connections: readonly string[];
  /** Results and named values of other tasks of the run (`ti.xcom_pull(…)`). */
  readonly xcoms: readonly ReferencedXCom[];
  /** True when one of them uses `inlet_events`. */
  readonly inletEvents: boolean;
  /** Names of templates that they include. */
  readonly includes: readonly string[];
  /** True when one of them uses a name about the last successful run, for example `prev_data_interval_start_success`. */
  readonly previousSuccess: boolean;
  /** True when one of them uses `prev_ds`, `next_ds` or another name about the dates before and after. */
  readonly neighbours: boolean;
}

const PREVIOUS_SUCCESS = /^prev_.*_success$/;
const NEIGHBOURS = /^(prev|next)_(ds|execution_date)/;

/** The key of a task's result. */
export const RETURN_VALUE = "return_value";

/**
 * Lists the variables (`var.value.x`, `var.json["x"]`, `var.value.get("x", 1)`), connections (`conn.x`, `conn.get("x")`) and XComs
 * (`ti.xcom_pull("task")`) that templates use, also in branches that will not be taken. Only names written in full are found; a
 * computed one is an error when it is rendered.
 *
 * @param texts or compiled templates of one task, in any order; texts that are no templates cost nothing. @throws MillraceError BAD_TEMPLATE
 */
export function referencedNames(...texts: readonly (string | CompiledTemplate)[]): ReferencedNames {
  const found: Found = {
    variables: new Set(),
    connections: new Set(),
    xcoms: new Map(),
    includes: new Set(),
    names: new Set(),
  };
  for (const text of texts) {
    if (typeof text !== "string") visit(text.statements, found);
    else if (isTemplate(text)) visit(compileTemplate(text).statements, found);
  }
  const names = [...found.names];
  return {
    variables: [...found.variables],
    connections: [...found.connections],
    xcoms: [...found.xcoms.values()],
    inletEvents: found.names.has("inlet_events"),
    includes: [...found.includes],
    previousSuccess: names.some((name) => PREVIOUS_SUCCESS.test(name)),
    neighbours: names.some((name) => NEIGHBOURS.test(name) && !PREVIOUS_SUCCESS.test(name)),
  };
}

interface Found {
  readonly variables: Set<string>;
  readonly connections: Set<string>;
  readonly xcoms: Map<string, ReferencedXCom>;
  readonly includes: Set<string>;
  /** Every name that stands alone. */
  readonly names: Set<string>;
}

/** Walks our own tree, which is plain data: every object with a `type` is a node. */
function visit(node: unknown, found: Found): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown };
  if (type === "name" && typeof name === "string") found.names.add(name);
  if (type === "include" && typeof name === "string") found.includes.add(name);
  if (type === "member") noteMember(node as MemberExpression, found);
  if (type === "call") noteCall(node as CallExpression, found);
  visit(Object.values(node), found);
}

function noteMember(member: MemberExpression, found: Found): void {
  const name = constantText(member.key);
  if (name !== undefined) note(member.object, name, found);
}

function noteCall({ callee, args }: CallExpression, found: Found): void {
  if (callee.type !== "member") return;
  const method = constantText(callee.key);
  const argument = (index: number, name: string): Expression | undefined =>
    args.positional[index] ?? args.named.find(([given]) => given === name)?.[1];
  if (method === "get") {
    const name = constantText(argument(0, "key"));
    if (name !== undefined) note(callee.object, name, found);
  } else if (method === "xcom_pull") {
    const key = constantText(argument(2, "key")) ?? RETURN_VALUE;
    const dagId = constantText(argument(1, "dag_id"));
    const prior = argument(3, "include_prior_dates");
    const from = {
      key,
      ...(dagId !== undefined && { dagId }),
      ...(prior?.type === "constant" && prior.value === true && { includePriorDates: true as const }),
    };
    const indexes = constantsOf(argument(4, "map_indexes")).filter((index) => typeof index === "number");
    for (const taskId of constantTexts(argument(0, "task_ids")))
      for (const mapIndex of indexes.length > 0 ? indexes : [undefined])
        noteXCom({ taskId, ...from, ...(mapIndex !== undefined && { mapIndex }) }, found);
  }
}

function noteXCom(wanted: ReferencedXCom, { xcoms }: Found): void {
  xcoms.set(JSON.stringify(wanted), wanted);
}

function note(owner: Expression, name: string, found: Found): void {
  if (isName(owner, "conn")) {
    if (name !== "get") found.connections.add(name);
  } else if (
    owner.type === "member" &&
    isName(owner.object, "var") &&
    ["value", "json"].includes(constantText(owner.key) ?? "") &&
    name !== "get"
  ) {
    found.variables.add(name);
  }
}

function isName(expression: Expression, name: string): boolean {
  return expression.type === "name" && expression.name === name;
}

function constantText(expression: Expression | undefined): string | undefined {
  return expression?.type === "constant" && typeof expression.value === "string" ? expression.value : undefined;
}

function constantTexts(expression: Expression | undefined): readonly string[] {
  return constantsOf(expression).filter((value) => typeof value === "string");
}

/** The constant, or those of a list. */
function constantsOf(expression: Expression | undefined): readonly unknown[] {
  const items = expression?.type === "list" || expression?.type === "tuple" ? expression.items : [expression];
  return items.flatMap((item) => (item?.type === "constant" ? [item.value] : []));
}
