import { parse, tokenize } from "@huggingface/jinja";

/** A token of the library's lexer. */
export interface Token {
  readonly value: string;
  readonly type: string;
}

/** A node of the library's tree: its classes are not exported, so what is read of a node is told by its `type`. */
export interface LibraryNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Cuts one tag with its braces into tokens. @throws SyntaxError */
export function lexCode(code: string): readonly Token[] {
  // The library's declarations import each other without file extensions, which this module system reads as `any`.
  return (tokenize as unknown as (code: string) => readonly Token[])(code);
}

/** Parses tokens to the statements of a template. @throws SyntaxError, Error, and TypeError where the tokens end too early. */
export function parseTokens(tokens: readonly Token[]): readonly LibraryNode[] {
  return (parse as unknown as (tokens: readonly Token[]) => { readonly body: readonly LibraryNode[] })(tokens).body;
}
