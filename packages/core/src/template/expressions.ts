import type { Budget } from "./budget.ts";
import { CHECKS } from "./checks.ts";
import { findFilter } from "./filters.ts";
import { findAttribute, findItem, memberNames, sliceOf } from "./members.ts";
import { nearName } from "./near-name.ts";
import { negate, operate } from "./operations.ts";
import { printValue } from "./print-value.ts";
import type { Scope } from "./scope.ts";
import type { Arguments, CallExpression, CompiledTemplate, Expression, FilterUse, MemberExpression } from "./syntax.ts";
import { templateFault } from "./template-fault.ts";
import {
  isKind,
  isMissing,
  isTruthy,
  tuple,
  typeName,
  type CallArgs,
  type Missing,
  type Value,
} from "./template-value.ts";

/** Where names come from that a template does not set itself. */
export interface Names {
  find(name: string): Value | Missing | undefined;
  names(): Iterable<string>;
}

/** What one rendering carries along. */
export interface Rendering {
  readonly budget: Budget;
  readonly names: Names;
  /** Finds what is included, by its name. */
  readonly included: (name: string) => CompiledTemplate | undefined;
  /** Offset of the name that was looked at last, for messages. */
  at: number | undefined;
  /** Macros and included templates that are running inside each other. */
  depth: number;
}

const MAX_NAME = 60;

/** The value of an expression. @throws MillraceError BAD_TEMPLATE, also when it is not defined. */
export function evaluate(expression: Expression, scope: Scope, rendering: Rendering): Value {
  return demand(evaluateLoosely(expression, scope, rendering));
}

/** The value of an expression or {@link Missing}, for `default` and `is defined`. */
function evaluateLoosely(expression: Expression, scope: Scope, rendering: Rendering): Value | Missing {
  rendering.budget.spend();
  const value = (inner: Expression): Value => evaluate(inner, scope, rendering);
  switch (expression.type) {
    case "constant":
      return expression.value;
    case "name":
      rendering.at = expression.at;
      return findName(expression.name, expression.at, scope, rendering);
    case "list":
      return expression.items.map(value);
    case "tuple":
      return tuple(expression.items.map(value));
    case "dict":
      return new Map(expression.entries.map(([key, item]) => [value(key), value(item)]));
    case "member":
      return member(expression, scope, rendering);
    case "slice": {
      const bound = (at: Expression | undefined): Value => (at === undefined ? null : value(at));
      return sliceOf(
        value(expression.object),
        [bound(expression.start), bound(expression.stop), bound(expression.step)],
        rendering.budget,
      );
    }
    case "call":
      return call(expression, scope, rendering);
    case "unary": {
      const operand = value(expression.operand);
      return expression.operator === "not" ? !isTruthy(operand) : negate(expression.operator, operand);
    }
    case "binary":
      return binary(expression, scope, rendering);
    case "filter":
      return applyFilter(expression.filter, evaluateFilterInput(expression, scope, rendering), { scope, rendering });
    case "test":
      return check(expression, scope, rendering);
    case "choice":
      if (isTruthy(value(expression.condition))) return evaluateLoosely(expression.whenTrue, scope, rendering);
      return expression.whenFalse === undefined ? "" : evaluateLoosely(expression.whenFalse, scope, rendering);
    default:
      throw new Error(`unreachable: ${expression satisfies never}`);
  }
}

/** Calls what can be called. @throws MillraceError BAD_TEMPLATE */
export function invoke(callee: Value, args: CallArgs): Value | Missing {
  const run = isKind(callee, "callable") || isKind(callee, "namespace") ? callee.call : undefined;
  if (run === undefined) throw templateFault(`a ${typeName(callee)} cannot be called`);
  return run(args);
}

/** The arguments of a call. */
export function evaluateArguments(args: Arguments, scope: Scope, rendering: Rendering): CallArgs {
  const positional = args.positional.map((argument) => evaluate(argument, scope, rendering));
  const named = new Map<string, Value>();
  for (const [name, argument] of args.named) {
    if (named.has(name)) throw templateFault(`the argument "${name}" is given twice`);
    named.set(name, evaluate(argument, scope, rendering));
  }
  return { positional, named, budget: rendering.budget };
}

/** Applies a filter to a value that is known or, for `default`, may not be defined. */
export function applyFilter(
  filter: FilterUse,
  input: Value | Missing,
  { scope, rendering }: { readonly scope: Scope; readonly rendering: Rendering },
): Value {
  const args = evaluateArguments(filter.args, scope, rendering);
  rendering.at = filter.at ?? rendering.at;
  if (isDefault(filter)) return defaultFilter(input, args);
  const known = demand(input);
  if (typeof known === "string") rendering.budget.spendText(known.length);
  return findFilter(filter.name)(known, args);
}

function evaluateFilterInput(
  expression: Extract<Expression, { type: "filter" }>,
  scope: Scope,
  rendering: Rendering,
): Value | Missing {
  return isDefault(expression.filter)
    ? evaluateLoosely(expression.operand, scope, rendering)
    : evaluate(expression.operand, scope, rendering);
}

function isDefault({ name }: FilterUse): boolean {
  return name === "default" || name === "d";
}

function defaultFilter(input: Value | Missing, { positional, named }: CallArgs): Value {
  // No `??`: a fallback of None is one.
  const fallback = positional.length > 0 ? positional[0] : named.get("default_value");
  const alsoForFalse = isTruthy(positional[1] ?? named.get("boolean") ?? false);
  if (isMissing(input) || (alsoForFalse && !isTruthy(input))) return fallback === undefined ? "" : fallback;
  return input;
}

function demand(value: Value | Missing): Value {
  if (isMissing(value))
    throw templateFault(value.fault, { name: value.name, ...(value.at !== undefined && { offset: value.at }) });
  return value;
}

function findName(name: string, at: number | undefined, scope: Scope, rendering: Rendering): Value | Missing {
  const own = scope.find(name);
  const found = own === undefined ? rendering.names.find(name) : own;
  if (found !== undefined) return isMissing(found) ? { ...found, at } : found;
  const near = nearName(name, [...scope.names(), ...rendering.names.names()]);
  return {
    kind: "missing",
    name,
    at,
    fault: `"${name}" is not defined${near === undefined ? "" : `; did you mean "${near}"?`}`,
  };
}

function member(expression: MemberExpression, scope: Scope, rendering: Rendering): Value | Missing {
  const object = evaluate(expression.object, scope, rendering);
  const key = evaluate(expression.key, scope, rendering);
  rendering.at = expression.at;
  const found =
    expression.isDot && typeof key === "string" ? findAttribute(object, key) : findItem(object, key, rendering.budget);
  if (found !== undefined) return isMissing(found) ? { ...found, at: expression.at } : found;
  return missingMember(expression, object, key, rendering);
}

function missingMember(expression: MemberExpression, object: Value, key: Value, rendering: Rendering): Missing {
  const shown = printValue(key, rendering.budget).slice(0, MAX_NAME);
  const owner = describe(expression.object) ?? "";
  const name = expression.isDot ? `${owner}.${shown}` : `${owner}[${shown}]`;
  const near = nearName(shown, memberNames(object));
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return {
    kind: "missing",
    name,
    at: expression.at,
    fault: `"${name}" is not defined: the ${typeName(object)} has no "${shown}"${hint}`,
  };
}

/** An expression as it was written, as far as it is a chain of names. */
function describe(expression: Expression): string | undefined {
  if (expression.type === "name") return expression.name;
  if (expression.type !== "member" || expression.key.type !== "constant" || typeof expression.key.value !== "string")
    return undefined;
  const owner = describe(expression.object);
  return owner === undefined ? undefined : `${owner}.${expression.key.value}`;
}

function call(expression: CallExpression, scope: Scope, rendering: Rendering): Value | Missing {
  const callee = evaluate(expression.callee, scope, rendering);
  const at = rendering.at;
  const args = evaluateArguments(expression.args, scope, rendering);
  rendering.at = at;
  const result = invoke(callee, args);
  return isMissing(result) ? { ...result, at } : result;
}

function binary(expression: Extract<Expression, { type: "binary" }>, scope: Scope, rendering: Rendering): Value {
  const left = evaluate(expression.left, scope, rendering);
  if (expression.operator === "and") return isTruthy(left) ? evaluate(expression.right, scope, rendering) : left;
  if (expression.operator === "or") return isTruthy(left) ? left : evaluate(expression.right, scope, rendering);
  return operate(expression.operator, left, evaluate(expression.right, scope, rendering), rendering.budget);
}

function check(expression: Extract<Expression, { type: "test" }>, scope: Scope, rendering: Rendering): boolean {
  return holds(expression, scope, rendering) !== expression.isNegated;
}

function holds(expression: Extract<Expression, { type: "test" }>, scope: Scope, rendering: Rendering): boolean {
  if (expression.name === "defined" || expression.name === "undefined") {
    return isMissing(evaluateLoosely(expression.operand, scope, rendering)) === (expression.name === "undefined");
  }
  const value = evaluate(expression.operand, scope, rendering);
  const test = CHECKS.get(expression.name);
  if (test !== undefined) return test(value);
  const near = nearName(expression.name, [...CHECKS.keys(), "defined", "undefined"]);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  throw templateFault(`there is no test "${expression.name}"${hint}`, {
    name: expression.name,
    ...(expression.at !== undefined && { offset: expression.at }),
  });
}
