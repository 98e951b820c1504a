import { lexCode, type Token } from "./jinja-library.ts";
import { templateFault } from "./template-fault.ts";

/** Tokens of a template, and for each the offset in the text that it comes from. */
export interface TemplateTokens {
  readonly tokens: readonly Token[];
  readonly offsets: readonly number[];
}

/** Words that the parser compares with; as names they would lose their meaning if they carried their offset. */
const KEYWORDS = new Set(
  "set endset if elif else endif for in endfor macro endmacro call endcall filter endfilter break continue is not and or".split(
    " ",
  ),
);

const TAG = /\{[{%#]/g;
const RAW = /\{%-?\s*raw\s*(-?)%\}/y;
const END_RAW = /\{%(-?)\s*endraw\s*(-?)%\}/g;
/** What matters for finding the end of a tag: strings (may hold ends), names and numbers (to count them), ends, braces, the rest. */
const PIECE = /'(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*"|[A-Za-z_]\w*|\d\w*|-?%\}|-?\}\}|[^]/y;
const UNKNOWN_ESCAPE = /\\([^]|$)/g;
const SEPARATOR = "\0";
const INCLUDE = /^\s*include\s*('(?:\\[^]|[^'\\])*'|"(?:\\[^]|[^"\\])*")\s*(?:with\s+context\s*)?$/;

/** The function that `{% include "name" %}`, which the parser does not know, calls on its way through it. No template can call it by itself. */
export const INCLUDE_CALL = "{% include %}";

/**
 * Cuts a template into tokens. The library's lexer knows neither offsets nor `{% raw %}`, so the text is cut here and only
 * the inside of tags is given to it. Names carry their offset (`ds` → `ds␀17`) through the parser; {@link splitName} takes
 * it off again.
 *
 * @throws MillraceError BAD_TEMPLATE with `details.offset`.
 */
export function tokenizeTemplate(text: string): TemplateTokens {
  const cut = new Cut(text);
  for (let from = 0; from < text.length;) {
    TAG.lastIndex = from;
    const tag = TAG.exec(text);
    cut.addText(from, tag?.index ?? text.length);
    if (tag === null) break;
    from = cut.addTag(tag.index);
  }
  return cut;
}

/** The name of an identifier and the offset that it carried through the parser, `undefined` for keywords. */
export function splitName(carried: string): { readonly name: string; readonly offset: number | undefined } {
  const end = carried.indexOf(SEPARATOR);
  return end < 0
    ? { name: carried, offset: undefined }
    : { name: carried.slice(0, end), offset: Number(carried.slice(end + 1)) };
}

/** `message` without the offsets that names carry. */
export function cleanMessage(message: string): string {
  return message.replace(/\0\d+/g, "");
}

class Cut implements TemplateTokens {
  readonly tokens: Token[] = [];
  readonly offsets: number[] = [];
  readonly #text: string;
  #trimNext = false;

  constructor(text: string) {
    this.#text = text;
  }

  addText(from: number, to: number): void {
    let value = this.#text.slice(from, to);
    if (this.#trimNext) value = value.trimStart();
    if (this.#text[to + 2] === "-" && to < this.#text.length) value = value.trimEnd();
    this.#trimNext = false;
    if (value !== "") this.#push({ value, type: "Text" }, from);
  }

  /** @returns the offset behind the tag. */
  addTag(at: number): number {
    if (this.#text[at + 1] === "#") return this.#skipComment(at);
    RAW.lastIndex = at;
    const raw = RAW.exec(this.#text);
    return raw === null ? this.#addCode(at) : this.#addRaw(at, RAW.lastIndex, raw[1] === "-");
  }

  #skipComment(at: number): number {
    const end = this.#text.indexOf("#}", at + 2);
    if (end < 0) throw templateFault("the comment is not closed; end it with #}", { offset: at });
    this.#trimNext = this.#text[end - 1] === "-" && end - 1 > at + 1;
    return end + 2;
  }

  #addRaw(at: number, from: number, trimStart: boolean): number {
    END_RAW.lastIndex = from;
    const end = END_RAW.exec(this.#text);
    if (end === null) throw templateFault("{% raw %} is not closed; end it with {% endraw %}", { offset: at });
    let value = this.#text.slice(from, end.index);
    if (trimStart) value = value.trimStart();
    if (end[1] === "-") value = value.trimEnd();
    if (value !== "") this.#push({ value, type: "Text" }, from);
    this.#trimNext = end[2] === "-";
    return END_RAW.lastIndex;
  }

  #addCode(at: number): number {
    const isStatement = this.#text[at + 1] === "%";
    const from = at + (this.#text[at + 2] === "-" ? 3 : 2);
    const { pieces, end, close } = this.#findEnd(from, isStatement, at);
    const code = pieces.map(({ text }) => (/^['"]/.test(text) ? keepEscapes(text) : text)).join("");
    const included = isStatement ? INCLUDE.exec(code)?.[1] : undefined;
    if (included !== undefined) this.#addInclude(included, at);
    const names = pieces.filter(({ text }) => /^[A-Za-z_]/.test(text));
    const closing = isStatement ? "%}" : "}}";
    let nextName = 0;
    for (const token of included !== undefined ? [] : lex(`${isStatement ? "{%" : "{{"} ${code} ${closing}`, at)) {
      const name = token.type === "Identifier" ? names[nextName++] : undefined;
      if (name === undefined || name.text !== token.value) this.#push(token, at);
      else this.#push(carry(token, name.at), name.at);
    }
    this.#trimNext = close.startsWith("-");
    return end;
  }

  #findEnd(
    from: number,
    isStatement: boolean,
    at: number,
  ): { pieces: { text: string; at: number }[]; end: number; close: string } {
    const pieces: { text: string; at: number }[] = [];
    let depth = 0;
    for (let offset = from; offset < this.#text.length;) {
      PIECE.lastIndex = offset;
      let piece = PIECE.exec(this.#text)?.[0] as string;
      const isEnd = piece.endsWith(isStatement ? "%}" : "}}") && !/^['"]/.test(piece);
      if (isEnd && depth === 0) return { pieces, end: offset + piece.length, close: piece };
      // "}}" inside a dict closes two dicts, or one dict and then something else: look at each sign by itself.
      if (/[%}]\}$/.test(piece) && !/^['"]/.test(piece)) piece = piece[0];
      if (piece === "{") depth++;
      if (piece === "}") depth--;
      if (piece === "'" || piece === '"')
        throw templateFault(`the text is not closed; end it with ${piece}`, { offset });
      pieces.push({ text: piece, at: offset });
      offset += piece.length;
    }
    throw templateFault(`the tag is not closed; end it with ${isStatement ? "%}" : "}}"}`, { offset: at });
  }

  #addInclude(literal: string, at: number): void {
    for (const token of lex(`{{ call(${literal}) }}`, at))
      this.#push(token.type === "Identifier" ? { ...token, value: `${INCLUDE_CALL}${SEPARATOR}${at}` } : token, at);
  }

  #push(token: Token, offset: number): void {
    this.tokens.push(token);
    this.offsets.push(offset);
  }
}

function carry(token: Token, offset: number): Token {
  return KEYWORDS.has(token.value) ? token : { type: token.type, value: `${token.value}${SEPARATOR}${offset}` };
}

function lex(code: string, at: number): readonly Token[] {
  try {
    return lexCode(code);
  } catch (error) {
    throw templateFault((error as Error).message, { offset: at });
  }
}

/** Python keeps the backslash of an escape that it does not know, as in a regular expression; the lexer refuses it. */
function keepEscapes(literal: string): string {
  return literal.replace(UNKNOWN_ESCAPE, (escape, sign: string) =>
    /[ntrbfv'"\\xu]/.test(sign) ? escape : `\\\\${sign}`,
  );
}
