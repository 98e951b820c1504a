import { parseTokens, type LibraryNode, type Token } from "./jinja-library.ts";
import { templateFault } from "./template-fault.ts";
import { cleanMessage, INCLUDE_CALL, splitName, tokenizeTemplate, type TemplateTokens } from "./template-tokens.ts";
import type { Arguments, CallExpression, Expression, FilterUse, Parameter, Statement } from "./syntax.ts";
import { float, type Scalar } from "./template-value.ts";

const CONSTANTS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);

const EXPRESSIONS: Readonly<Record<string, (node: LibraryNode) => Expression>> = {
  IntegerLiteral: (node) => ({ type: "constant", value: node["value"] as number }),
  FloatLiteral: (node) => ({ type: "constant", value: float(node["value"] as number) }),
  StringLiteral: (node) => ({ type: "constant", value: node["value"] as string }),
  ArrayLiteral: (node) => ({ type: "list", items: nodes(node["value"]).map(expression) }),
  TupleLiteral: (node) => ({ type: "tuple", items: nodes(node["value"]).map(expression) }),
  ObjectLiteral: (node) => ({
    type: "dict",
    entries: [...(node["value"] as ReadonlyMap<LibraryNode, LibraryNode>)].map(([key, value]) => [
      expression(key),
      expression(value),
    ]),
  }),
  Identifier: identifier,
  MemberExpression: member,
  CallExpression: call,
  BinaryExpression: (node) => ({
    type: "binary",
    operator: (node["operator"] as Token).value,
    left: child(node, "left"),
    right: child(node, "right"),
  }),
  UnaryExpression: (node) => ({
    type: "unary",
    operator: (node["operator"] as Token).value,
    operand: child(node, "argument"),
  }),
  FilterExpression: (node) => ({
    type: "filter",
    operand: child(node, "operand"),
    filter: filterUse(node["filter"] as LibraryNode),
  }),
  TestExpression: (node) => {
    const { name, offset } = splitName((node["test"] as LibraryNode)["value"] as string);
    return { type: "test", operand: child(node, "operand"), name, isNegated: node["negate"] as boolean, at: offset };
  },
  SelectExpression: (node) => ({
    type: "choice",
    condition: child(node, "test"),
    whenTrue: child(node, "lhs"),
    whenFalse: undefined,
  }),
  Ternary: (node) => ({
    type: "choice",
    condition: child(node, "condition"),
    whenTrue: child(node, "trueExpr"),
    whenFalse: child(node, "falseExpr"),
  }),
};

const STATEMENTS: Readonly<Record<string, (node: LibraryNode) => Statement>> = {
  If: (node) => ({
    type: "if",
    test: child(node, "test"),
    body: block(node["body"]),
    otherwise: block(node["alternate"]),
  }),
  For: forStatement,
  Set: setStatement,
  Macro: (node) => ({
    type: "macro",
    name: nameOf(node["name"]),
    parameters: parameters(node["args"]),
    body: block(node["body"]),
  }),
  CallStatement: (node) => ({
    type: "call-block",
    call: call(node["call"] as LibraryNode),
    parameters: parameters(node["callerArgs"] ?? []),
    body: block(node["body"]),
  }),
  FilterStatement: (node) => ({
    type: "filter-block",
    filter: filterUse(node["filter"] as LibraryNode),
    body: block(node["body"]),
  }),
  Break: () => ({ type: "break" }),
  Continue: () => ({ type: "continue" }),
};

/**
 * Parses a template with the library's parser and turns its tree into ours, which knows where names stand in the text.
 *
 * @throws MillraceError BAD_TEMPLATE with `details.offset`.
 */
export function parseTemplate(text: string): readonly Statement[] {
  const cut = tokenizeTemplate(text);
  try {
    return block(parseTokens(cut.tokens));
  } catch (error) {
    throw templateFault(explain(error, cut.tokens), { offset: furthestOffset(cut) });
  }
}

function explain(error: unknown, tokens: readonly Token[]): string {
  if (error instanceof RangeError) return "it is nested too deeply";
  // The parser reads past the last token when a block is not closed.
  if (error instanceof TypeError) return `it ends too early; ${openBlock(tokens) ?? "something is not closed"}`;
  return cleanMessage((error as Error).message).replace(/^Parser Error: /, "");
}

function openBlock(tokens: readonly Token[]): string | undefined {
  const open: string[] = [];
  tokens.forEach((token, i) => {
    if (token.type !== "OpenStatement") return;
    const word = splitName(tokens[i + 1]?.value ?? "").name;
    if (["if", "for", "macro", "call", "filter"].includes(word)) open.push(word);
    if (word.startsWith("end")) open.pop();
  });
  const last = open.at(-1);
  return last === undefined ? undefined : `{% ${last} %} needs {% end${last} %}`;
}

/** Parses again, watching how far the parser reads: it keeps its place to itself. */
function furthestOffset(cut: TemplateTokens): number {
  let furthest = 0;
  const watched = new Proxy([...cut.tokens], {
    get(target, key): unknown {
      if (typeof key === "string" && /^\d+$/.test(key)) furthest = Math.max(furthest, Number(key));
      return Reflect.get(target, key);
    },
  });
  try {
    block(parseTokens(watched));
  } catch {
    // It failed the first time with the same error, which is being reported.
  }
  return cut.offsets[Math.min(furthest, cut.offsets.length - 1)] ?? 0;
}

function block(body: unknown): readonly Statement[] {
  return nodes(body).map((node) => {
    const statement = STATEMENTS[node.type];
    if (statement !== undefined) return statement(node);
    // The parser makes the same node of text between tags and of a string in a tag; both print the same.
    if (node.type === "StringLiteral") return { type: "text", text: node["value"] as string };
    const value = expression(node);
    return includeOf(value) ?? { type: "output", value };
  });
}

function includeOf(value: Expression): Statement | undefined {
  if (value.type !== "call" || value.callee.type !== "name" || value.callee.name !== INCLUDE_CALL) return undefined;
  // The token was made of a text.
  const name = value.args.positional[0] as Expression & { readonly value: string };
  return { type: "include", name: name.value, at: value.callee.at };
}

function expression(node: LibraryNode): Expression {
  const build = EXPRESSIONS[node.type];
  if (build === undefined) throw templateFault(`${node.type} cannot be used here`);
  return build(node);
}

function child(node: LibraryNode, field: string): Expression {
  return expression(node[field] as LibraryNode);
}

function nodes(value: unknown): readonly LibraryNode[] {
  return value as readonly LibraryNode[];
}

function identifier(node: LibraryNode): Expression {
  const { name, offset } = splitName(node["value"] as string);
  const constant = CONSTANTS.get(name);
  return constant === undefined ? { type: "name", name, at: offset } : { type: "constant", value: constant };
}

function member(node: LibraryNode): Expression {
  const object = child(node, "object");
  const property = node["property"] as LibraryNode;
  if (property.type === "SliceExpression") {
    const part = (field: string): Expression | undefined =>
      property[field] === undefined ? undefined : child(property, field);
    return { type: "slice", object, start: part("start"), stop: part("stop"), step: part("step") };
  }
  const isDot = node["computed"] !== true;
  if (!isDot || property.type !== "Identifier")
    return { type: "member", object, key: expression(property), isDot, at: placeOf(object) };
  const { name, offset } = splitName(property["value"] as string);
  return { type: "member", object, key: { type: "constant", value: name }, isDot, at: offset };
}

function placeOf(expression: Expression): number | undefined {
  return "at" in expression ? expression.at : undefined;
}

function call(node: LibraryNode): CallExpression {
  return { type: "call", callee: child(node, "callee"), args: callArguments(node["args"]) };
}

function callArguments(list: unknown): Arguments {
  const positional: Expression[] = [];
  const named: (readonly [string, Expression])[] = [];
  for (const node of nodes(list)) {
    if (node.type === "KeywordArgumentExpression") named.push([nameOf(node["key"]), child(node, "value")]);
    else if (node.type.endsWith("SpreadExpression"))
      throw templateFault("arguments cannot be unpacked with * or **; write them one by one");
    else positional.push(expression(node));
  }
  return { positional, named };
}

function filterUse(node: LibraryNode): FilterUse {
  const isCall = node.type === "CallExpression";
  const { name, offset } = splitName(((isCall ? node["callee"] : node) as LibraryNode)["value"] as string);
  return { name, at: offset, args: isCall ? callArguments(node["args"]) : { positional: [], named: [] } };
}

function nameOf(node: unknown): string {
  const { type, value } = node as LibraryNode;
  if (type !== "Identifier") throw templateFault("only a name can be set");
  return splitName(value as string).name;
}

function targets(node: unknown): { readonly names: readonly string[]; readonly isTuple: boolean } {
  const { type, value } = node as LibraryNode;
  return type === "TupleLiteral"
    ? { names: nodes(value).map(nameOf), isTuple: true }
    : { names: [nameOf(node)], isTuple: false };
}

function parameters(list: unknown): readonly Parameter[] {
  return nodes(list).map((node) =>
    node.type === "Identifier"
      ? { name: nameOf(node), fallback: undefined }
      : { name: nameOf(node["key"]), fallback: child(node, "value") },
  );
}

function forStatement(node: LibraryNode): Statement {
  const iterable = node["iterable"] as LibraryNode;
  const isFiltered = iterable.type === "SelectExpression";
  return {
    type: "for",
    ...targets(node["loopvar"]),
    iterable: isFiltered ? child(iterable, "lhs") : expression(iterable),
    condition: isFiltered ? child(iterable, "test") : undefined,
    body: block(node["body"]),
    otherwise: block(node["defaultBlock"]),
  };
}

function setStatement(node: LibraryNode): Statement {
  if (node["value"] === null) return { type: "set-block", name: nameOf(node["assignee"]), body: block(node["body"]) };
  return { type: "set", ...targets(node["assignee"]), value: child(node, "value") };
}
