/** Says whether a path below the folder of the patterns is ignored. `path` has `/` between its parts. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean;

interface Pattern {
  readonly expression: RegExp;
  readonly foldersOnly: boolean;
  readonly negated: boolean;
}

/**
 * Reads the text of a `.millraceignore`: one pattern a line, written as in `.gitignore` (`*`, `**`, `?`, a leading `/` for the top folder, a
 * trailing `/` for folders only, `!` to take a pattern back, `#` for comments). The last pattern that fits decides.
 */
export function readIgnorePatterns(text: string): IsIgnored {
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(readPattern);
  return (path, isFolder) => {
    const last = patterns.findLast((pattern) => (isFolder || !pattern.foldersOnly) && pattern.expression.test(path));
    return last !== undefined && !last.negated;
  };
}

function readPattern(line: string): Pattern {
  const negated = line.startsWith("!");
  const body = negated ? line.slice(1) : line;
  const foldersOnly = body.endsWith("/");
  const path = foldersOnly ? body.slice(0, -1) : body;
  const anchored = path.includes("/");
  const source = (path.startsWith("/") ? path.slice(1) : path)
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => GLOBS[part] ?? part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join("");
  return { expression: new RegExp(`${anchored ? "^" : "(?:^|/)"}${source}$`), foldersOnly, negated };
}

const GLOBS: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };
