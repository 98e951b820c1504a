// What an author sees when the wiring is wrong: short, and with the task in it.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";

const DSL = dirname(fileURLToPath(import.meta.url));
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** What every snippet begins with. */
const PREAMBLE = `import { dag } from "./dag.ts"; import { operator } from "./operator.ts"; import { zip } from "./scope.ts"; import { concat, pick, stream, transform } from "./handle.ts";
const health = operator({ name: "HealthOperator", run: (o: { servers: string; topics: readonly string[]; timeout?: number }) => o.topics.length });
`;

/** name → code inside a builder that declares `total`, `list` and `route`. */
const MISTAKES = {
  "a number for an operator's text": `task("check", health({ servers: total, topics: [] }));`,
  "an option of an operator is missing": `task("check", health({ servers: "a" }));`,
  "an option of an operator is misspelt": `task("check", health({ servers: "a", topics: [], topic: "x" }));`,
  "an outcome that the branch does not have": `task("again", { after: [route.on("retry")] }, () => 1);`,
  "an input of another type": `task("bad", { input: { total } }, ({ total }) => total.toUpperCase());`,
  "an input that was not given": `task("sum", { input: { total } }, ({ totl }) => totl);`,
  "mapping over a number": `map("sizes", { each: { n: total } }, ({ n }) => n);`,
  "a group mapped over a number": `mapGroup("sources", { each: { n: total } }, ({ task }, { n }) => task("x", { input: { n } }, ({ n }) => n));`,
  "a task that names itself": `const loop = task("loop", { input: { loop } }, ({ loop }) => 1);`,
  "an option of another type": `task("slow", { retries: "3" }, () => 1);`,
  "an option that does not exist": `task("slow", { retrys: 3 }, () => 1);`,
  "a duration in words": `task("late", { retryDelay: "5 minutes" }, () => 1);`,
  "a sensor without a timeout": `sensor("wait", { every: "5s" }, () => 1);`,
  "a handle used as its value": `const more = total + 1;`,
  "a param that is not declared": `task("sum", (_, { params }) => params.minimun);`,
  "a name after which nothing can come": `task("late", { after: ["total"] }, () => 1);`,
} as const;

const CORRECT = `
  const many = ["a", "b"].map((id) => task(id, () => id.length));
  task("join", { input: { many } }, ({ many }) => many[0].toFixed());
  map("side_by_side", { each: zip({ a: list, b: ["x"] }) }, ({ a, b }) => a.n + b.length);
  map("pairs", { each: { pair: new Map([["k", 1]]), more: params.minimums } }, ({ pair: [key, value], more }) => key + (value + more));
  map("together", { each: { n: concat(transform(list, ({ n }) => n), [1, 2]) } }, ({ n }) => n.toFixed());
  map("filled", { each: zip({ a: list, b: ["x"] }, { fill: null }) }, ({ a, b }) => (a?.n ?? 0) + (b?.length ?? 0));
  map("part", { each: { x: pick(task("whole", () => ({ rows: [1] })), "rows") } }, ({ x }) => x.toFixed());
  const found = map("found", { each: { x: list } }, ({ x }) => x.n);
  task("streamed", { input: { found: stream(found) } }, async ({ found }) => { let sum = 0; for await (const n of found) sum += n; return sum; });
  task("field", { input: { id: pick(total, "toFixed"), key: total.key<string>("k") } }, ({ key }) => key.length);
  const box = setup("box", () => ({ id: "b" }));
  teardown("unbox", { setups: [box], input: { box } }, ({ box }) => box.id);
`;

const inBuilder = (
  code: string,
): string => `dag("d", { params: { minimum: 1, minimums: [1] } }, ({ task, map, mapGroup, branch, sensor, setup, teardown, params }) => {
  const total = task("total", () => 5);
  const list = task("list", () => [{ n: 1 }]);
  const route = branch("enough", () => (total.id ? "publish" : "alert"));
  ${code}
});`;

let service: ts.LanguageService;
beforeAll(() => {
  const mistakes = Object.values(MISTAKES).map((code, index) => [`mistake${index}`, inBuilder(code)]);
  service = openSnippets(Object.fromEntries([...mistakes, ["correct", inBuilder(CORRECT)]]) as Record<string, string>);
  messagesOf(service, "correct");
}, 60_000);

describe("the compiler's message about", () => {
  test.each(Object.keys(MISTAKES).map((name, index) => [name, index] as const))(
    "%s is at most five lines and shows the task",
    (name, index) => {
      const messages = messagesOf(service, `mistake${index}`);
      expect(messages).not.toEqual([]);
      for (const message of messages) {
        // One line of source, and what the compiler says.
        expect(message.split("\n").length).toBeLessThanOrEqual(1 + 5);
        expect(message).toMatch(/check|again|bad|sum|sizes|sources|loop|slow|late|wait|total/);
      }
      expect(messages.join("\n\n")).toMatchSnapshot(name);
    },
  );
});

test("what the documentation promises compiles", () => {
  expect(messagesOf(service, "correct")).toEqual([]);
});

test("go to definition leads from an input, and from its use in a body, to the task", () => {
  const path = snippetPath("mistake4");
  const text = service.getProgram()?.getSourceFile(path)?.text ?? "";
  const declared = text.indexOf(`total = task("total"`);
  const targets = (at: number): readonly number[] =>
    (service.getDefinitionAtPosition(path, at) ?? []).map((found) => found.textSpan.start);
  const inInput = text.indexOf("total", text.indexOf("input:"));
  expect(targets(inInput)).toContain(declared);
  const inBody = text.indexOf("total", text.indexOf("=>", inInput));
  const parameter = targets(inBody)[0];
  const field = targets(parameter);
  expect(field).toContain(inInput);
});

/** A language service over snippets that lie, in memory, beside the DSL. */
function openSnippets(snippets: Readonly<Record<string, string>>): ts.LanguageService {
  const files = new Map(
    Object.entries(snippets).map(([name, text]) => [join(DSL, `${name}.snippet.ts`), PREAMBLE + text]),
  );
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [...files.keys()],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = files.get(path) ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => DSL,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (path) => files.has(path) || ts.sys.fileExists(path),
    readFile: (path) => files.get(path) ?? ts.sys.readFile(path),
    directoryExists: (path) => ts.sys.directoryExists(path),
  };
  return ts.createLanguageService(host);
}

/** Path of a snippet. */
function snippetPath(name: string): string {
  return join(DSL, `${name}.snippet.ts`);
}

/** The compiler's messages about a snippet, each with the source line that it points at, as a terminal shows them. */
function messagesOf(service: ts.LanguageService, name: string): readonly string[] {
  const path = snippetPath(name);
  return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].map((found) => {
    const lines = service.getProgram()?.getSourceFile(path)?.text.split("\n") ?? [];
    const line = found.file?.getLineAndCharacterOfPosition(found.start ?? 0).line ?? 0;
    return `${lines[line].trim()}\n${ts.flattenDiagnosticMessageText(found.messageText, "\n")}`;
  });
}
