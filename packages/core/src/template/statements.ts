import { isMillraceError } from "../errors.ts";
import { applyFilter, evaluate, evaluateArguments, invoke, type Rendering } from "./expressions.ts";
import { iterate } from "./members.ts";
import { printValue } from "./print-value.ts";
import { Scope } from "./scope.ts";
import type { Expression, ForStatement, MacroStatement, Parameter, Statement } from "./syntax.ts";
import { placeOf, templateFault } from "./template-fault.ts";
import { TextSink } from "./text-sink.ts";
import {
  callable,
  isTruthy,
  itemsOf,
  namespace,
  typeName,
  type CallArgs,
  type Callable,
  type Missing,
  type Namespace,
  type Value,
} from "./template-value.ts";

const MAX_MACRO_DEPTH = 50;

/** How a block ended: at its end, or by `break` or `continue` for the loop around it. */
type Ending = "end" | "break" | "continue";

/** Runs the statements of a block and writes what they print. */
export function runBlock(block: readonly Statement[], scope: Scope, rendering: Rendering, out: TextSink): Ending {
  for (const statement of block) {
    const ending = run(statement, scope, rendering, out);
    if (ending !== "end") return ending;
  }
  return "end";
}

function run(statement: Statement, scope: Scope, rendering: Rendering, out: TextSink): Ending {
  rendering.budget.spend();
  switch (statement.type) {
    case "text":
      out.write(statement.text);
      return "end";
    case "output":
      out.write(printValue(evaluate(statement.value, scope, rendering), rendering.budget));
      return "end";
    case "if":
      return runBlock(
        isTruthy(evaluate(statement.test, scope, rendering)) ? statement.body : statement.otherwise,
        scope,
        rendering,
        out,
      );
    case "for":
      return runFor(statement, scope, rendering, out);
    case "set":
      assign(statement, evaluate(statement.value, scope, rendering), scope);
      return "end";
    case "set-block":
      scope.set(statement.name, capture(statement.body, scope, rendering));
      return "end";
    case "macro":
      scope.set(statement.name, macro(statement, scope, rendering));
      return "end";
    case "call-block":
      out.write(printValue(runCallBlock(statement, scope, rendering), rendering.budget));
      return "end";
    case "filter-block":
      out.write(
        printValue(
          applyFilter(statement.filter, capture(statement.body, scope, rendering), { scope, rendering }),
          rendering.budget,
        ),
      );
      return "end";
    case "include":
      runIncluded(statement, scope, rendering, out);
      return "end";
    case "break":
    case "continue":
      return statement.type;
    default:
      throw new Error(`unreachable: ${statement satisfies never}`);
  }
}

/** What it sets stays its own, as in Jinja. A fault in it is told with its name: places are counted in its own text. */
function runIncluded(
  { name, at }: Extract<Statement, { type: "include" }>,
  scope: Scope,
  rendering: Rendering,
  out: TextSink,
): void {
  const found = rendering.included(name);
  if (found === undefined)
    throw templateFault(
      `there is no template file ${JSON.stringify(name)} here; only options of operators can include, by a name written in full`,
      { ...(at !== undefined && { offset: at }) },
    );
  if (rendering.depth >= MAX_MACRO_DEPTH)
    throw templateFault(`templates include each other deeper than ${MAX_MACRO_DEPTH} levels`);
  rendering.depth++;
  try {
    runBlock(found.statements, new Scope(scope), rendering, out);
  } catch (error) {
    throw includedFault(error, { name, text: found.text, at: rendering.at });
  } finally {
    rendering.depth--;
    rendering.at = at;
  }
}

function includedFault(
  error: unknown,
  { name, text, at }: { readonly name: string; readonly text: string; readonly at: number | undefined },
): unknown {
  if (!isMillraceError(error) || error.code !== "BAD_TEMPLATE") return error;
  const { offset } = error.details;
  const { line, column } = placeOf(text, typeof offset === "number" ? offset : (at ?? 0));
  return templateFault(`in ${JSON.stringify(name)}, line ${line}, column ${column}: ${error.message}`);
}

function capture(body: readonly Statement[], scope: Scope, rendering: Rendering): string {
  const sink = new TextSink(rendering.budget);
  runBlock(body, new Scope(scope), rendering, sink);
  return sink.toString();
}

function assign(
  { names, isTuple }: { readonly names: readonly string[]; readonly isTuple: boolean },
  value: Value,
  scope: Scope,
): void {
  if (!isTuple) {
    scope.set(names[0], value);
    return;
  }
  const items = itemsOf(value);
  if (items === undefined) throw templateFault(`a ${typeName(value)} cannot be unpacked into ${names.join(", ")}`);
  if (items.length !== names.length)
    throw templateFault(`${items.length} values cannot be unpacked into ${names.join(", ")}`);
  names.forEach((name, i) => scope.set(name, items[i]));
}

function runFor(statement: ForStatement, scope: Scope, rendering: Rendering, out: TextSink): Ending {
  const all = iterate(evaluate(statement.iterable, scope, rendering), rendering.budget);
  const items =
    statement.condition === undefined
      ? all
      : all.filter((item) => isWanted(statement, statement.condition as Expression, item, { scope, rendering }));
  if (items.length === 0) return runBlock(statement.otherwise, new Scope(scope), rendering, out);
  for (let i = 0; i < items.length; i++) {
    const inner = new Scope(scope);
    assign(statement, items[i], inner);
    inner.set("loop", loopOf(items, i));
    if (runBlock(statement.body, inner, rendering, out) === "break") break;
  }
  return "end";
}

function isWanted(
  statement: ForStatement,
  condition: Expression,
  item: Value,
  { scope, rendering }: { readonly scope: Scope; readonly rendering: Rendering },
): boolean {
  const inner = new Scope(scope);
  assign(statement, item, inner);
  return isTruthy(evaluate(condition, inner, rendering));
}

function loopOf(items: readonly Value[], i: number): Namespace {
  const neighbour = (name: string, at: number): Value | Missing =>
    items[at] === undefined
      ? { kind: "missing", name: `loop.${name}`, fault: `"loop.${name}" is not defined here`, at: undefined }
      : items[at];
  return namespace("loop", {
    index: i + 1,
    index0: i,
    revindex: items.length - i,
    revindex0: items.length - i - 1,
    first: i === 0,
    last: i === items.length - 1,
    length: items.length,
    previtem: () => neighbour("previtem", i - 1),
    nextitem: () => neighbour("nextitem", i + 1),
    cycle: callable("cycle", ({ positional }) => {
      if (positional.length === 0) throw templateFault("loop.cycle() wants values");
      return positional[i % positional.length];
    }),
  });
}

function macro(statement: MacroStatement, scope: Scope, rendering: Rendering): Callable {
  return body(statement.name, statement.parameters, statement.body, { scope, rendering });
}

function runCallBlock(
  statement: Extract<Statement, { type: "call-block" }>,
  scope: Scope,
  rendering: Rendering,
): Value {
  const inner = new Scope(scope);
  const caller = body("caller", statement.parameters, statement.body, { scope, rendering });
  const callee = evaluate(statement.call.callee, scope, rendering);
  const args = evaluateArguments(statement.call.args, inner, rendering);
  // The macro finds its caller as an argument: `caller` is the one name that is not its own.
  return invoke(callee, { ...args, named: new Map([...args.named, ["caller", caller]]) }) as Value;
}

/** What a macro and the body of a call block have in common: bind the arguments, run, give the text. */
function body(
  name: string,
  parameters: readonly Parameter[],
  block: readonly Statement[],
  { scope, rendering }: { readonly scope: Scope; readonly rendering: Rendering },
): Callable {
  return callable(name, (args) => {
    if (rendering.depth >= MAX_MACRO_DEPTH)
      throw templateFault(`macros call each other deeper than ${MAX_MACRO_DEPTH} levels`);
    const inner = new Scope(scope);
    bind(name, parameters, args, { scope: inner, rendering });
    const sink = new TextSink(rendering.budget);
    rendering.depth++;
    runBlock(block, inner, rendering, sink);
    rendering.depth--;
    return sink.toString();
  });
}

function bind(
  name: string,
  parameters: readonly Parameter[],
  args: CallArgs,
  { scope, rendering }: { readonly scope: Scope; readonly rendering: Rendering },
): void {
  if (args.positional.length > parameters.length)
    throw templateFault(`${name}() takes at most ${parameters.length} arguments`);
  const known = new Set([...parameters.map((parameter) => parameter.name), "caller"]);
  for (const [given, value] of args.named) {
    if (!known.has(given)) throw templateFault(`${name}() has no argument "${given}"`);
    if (given === "caller") scope.set(given, value);
  }
  parameters.forEach((parameter, i) => {
    const given = i < args.positional.length ? args.positional[i] : args.named.get(parameter.name);
    if (given !== undefined) scope.set(parameter.name, given);
    else if (parameter.fallback !== undefined)
      scope.set(parameter.name, evaluate(parameter.fallback, scope, rendering));
    else
      scope.set(parameter.name, {
        kind: "missing",
        name: parameter.name,
        fault: `${name}() was called without "${parameter.name}"`,
        at: undefined,
      });
  });
}
