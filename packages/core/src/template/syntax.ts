import type { Scalar } from "./template-value.ts";

/** An expression. `at` is the offset of its name in the text, where it has one. */
export type Expression =
  | { readonly type: "constant"; readonly value: Scalar }
  | { readonly type: "name"; readonly name: string; readonly at: number | undefined }
  | { readonly type: "list"; readonly items: readonly Expression[] }
  | { readonly type: "tuple"; readonly items: readonly Expression[] }
  | { readonly type: "dict"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | MemberExpression
  | {
      readonly type: "slice";
      readonly object: Expression;
      readonly start: Expression | undefined;
      readonly stop: Expression | undefined;
      readonly step: Expression | undefined;
    }
  | CallExpression
  | { readonly type: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: "unary"; readonly operator: string; readonly operand: Expression }
  | { readonly type: "filter"; readonly operand: Expression; readonly filter: FilterUse }
  | {
      readonly type: "test";
      readonly operand: Expression;
      readonly name: string;
      readonly isNegated: boolean;
      readonly at: number | undefined;
    }
  | {
      readonly type: "choice";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      /** Absent: the empty text. */
      readonly whenFalse: Expression | undefined;
    };

/** `object.key` (`isDot`) or `object[key]`. */
export interface MemberExpression {
  readonly type: "member";
  readonly object: Expression;
  readonly key: Expression;
  readonly isDot: boolean;
  readonly at: number | undefined;
}

/** `callee(…)`. */
export interface CallExpression {
  readonly type: "call";
  readonly callee: Expression;
  readonly args: Arguments;
}

/** Arguments of a call, a filter or a call block. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [string, Expression])[];
}

/** A filter with its arguments. */
export interface FilterUse {
  readonly name: string;
  readonly args: Arguments;
  readonly at: number | undefined;
}

/** A parameter of a macro or a call block. */
export interface Parameter {
  readonly name: string;
  readonly fallback: Expression | undefined;
}

/** A parsed template. It holds no state: one may be rendered any number of times, also at once. */
export interface CompiledTemplate {
  readonly text: string;
  readonly statements: readonly Statement[];
}

/** A statement of a template. */
export type Statement =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "output"; readonly value: Expression }
  | {
      readonly type: "if";
      readonly test: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | ForStatement
  | { readonly type: "set"; readonly names: readonly string[]; readonly isTuple: boolean; readonly value: Expression }
  | { readonly type: "set-block"; readonly name: string; readonly body: readonly Statement[] }
  | MacroStatement
  | {
      readonly type: "call-block";
      readonly call: CallExpression;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
    }
  | { readonly type: "filter-block"; readonly filter: FilterUse; readonly body: readonly Statement[] }
  /** The text of another template, which sees all names of this place. */
  | { readonly type: "include"; readonly name: string; readonly at: number | undefined }
  | { readonly type: "break" }
  | { readonly type: "continue" };

/** A loop. */
export interface ForStatement {
  readonly type: "for";
  readonly names: readonly string[];
  readonly isTuple: boolean;
  readonly iterable: Expression;
  /** `for x in list if condition`. */
  readonly condition: Expression | undefined;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

/** A macro. */
export interface MacroStatement {
  readonly type: "macro";
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}
