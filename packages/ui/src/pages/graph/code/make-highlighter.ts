import { createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

/** A piece of a line in one colour, in light and in dark. */
export interface CodeToken {
  readonly text: string;
  readonly light?: string;
  readonly dark?: string;
}

/** Colours TypeScript, line by line. */
export type Highlight = (source: string) => readonly (readonly CodeToken[])[];

/** Longer files are shown without colours: they would hold up the page. */
const MOST_CHARS = 400_000;

/** Loads the grammar and the colours. */
export async function makeHighlighter(): Promise<Highlight> {
  const shiki = await createHighlighterCore({
    engine: createJavaScriptRegexEngine(),
    langs: [import("shiki/langs/typescript.mjs")],
    themes: [import("shiki/themes/github-light-default.mjs"), import("shiki/themes/github-dark-default.mjs")],
  });
  return (source) => {
    if (source.length > MOST_CHARS) return source.split("\n").map((text) => [{ text }]);
    const lines = shiki.codeToTokensWithThemes(source, {
      lang: "typescript",
      themes: { light: "github-light-default", dark: "github-dark-default" },
    });
    return lines.map((line) =>
      line.map(({ content, variants: { light, dark } }) => ({
        text: content,
        ...(light.color !== undefined && { light: light.color }),
        ...(dark.color !== undefined && { dark: dark.color }),
      })),
    );
  };
}
