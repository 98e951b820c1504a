/** What the files of a new project depend on. */
export interface ProjectFacts {
  /** Name of the npm package. */
  readonly name: string;
  /** What package.json says of `millrace`: a version range, or `file:` and a path. */
  readonly millrace: string;
}

const TYPESCRIPT = "^6.0.3";
const NODE_TYPES = "^24.9.0";

/** The files of a new project: path → text. */
export function projectFiles({ name, millrace }: ProjectFacts): Readonly<Record<string, string>> {
  return {
    "package.json": asJson({
      name,
      version: "0.1.0",
      private: true,
      type: "module",
      engines: { node: ">=22.18" },
      scripts: { start: "millrace start", test: 'node --test "dags/**/*.test.ts"', check: "tsc" },
      dependencies: { millrace },
      devDependencies: { "@types/node": NODE_TYPES, typescript: TYPESCRIPT },
    }),
    "tsconfig.json": asJson({
      compilerOptions: {
        target: "es2024",
        lib: ["es2024", "esnext.array", "esnext.disposable"],
        module: "nodenext",
        types: ["node"],
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        erasableSyntaxOnly: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
      },
      include: ["dags"],
    }),
    "millrace.json": asJson({ core: { dagFolders: ["dags"], triggerOnStart: ["hello"] } }),
    ".gitignore": "node_modules/\n.millrace/\n",
    "dags/hello.dag.ts": HELLO_DAG,
    "dags/hello.test.ts": HELLO_TEST,
    "README.md": readme(name),
  };
}

function asJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const HELLO_DAG = `import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cron, dag } from "millrace";

export interface Size {
  readonly file: string;
  readonly lines: number;
  readonly words: number;
}

/** A step is a plain function: a test can call it without Millrace. */
export function measure(file: string, text: string): Size {
  return { file, lines: text.split("\\n").length, words: text.match(/\\w+/g)?.length ?? 0 };
}

/** Measures the files beside this one: each in a task instance of its own, all together in a report. */
export const hello = dag(
  "hello",
  { schedule: cron("@daily"), params: { ending: ".ts" }, tags: ["example"] },
  ({ task, map }) => {
    const files = task("list_files", async (_, { params }) => {
      const names = await readdir(import.meta.dirname);
      return names.filter((name) => name.endsWith(params.ending)).sort();
    });

    const sizes = map(
      "measure",
      { each: { file: files }, retries: 2, retryDelay: "10s", mapName: "{{ file }}" },
      async ({ file }) => measure(file, await readFile(join(import.meta.dirname, file), "utf8")),
    );

    task("report", { input: { sizes } }, ({ sizes }, { log }) => {
      const words = sizes.reduce((sum, size) => sum + size.words, 0);
      log.info("measured", { files: sizes.length, words });
      return { files: sizes.length, words };
    });
  },
);
`;

const HELLO_TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { testDag } from "millrace/testing";
import { hello, measure } from "./hello.dag.ts";

test("hello lists the files, measures each of them, and reports", async () => {
  const run = await testDag(hello);
  assert.equal(run.state, "success", run.reason);
  assert.ok((run.result("list_files") as string[]).includes("hello.dag.ts"));
});

test("a file that cannot be read twice is measured the third time", async () => {
  const run = await testDag(hello, { results: { list_files: ["hello.dag.ts"] }, failures: { measure: 2 } });
  assert.equal(run.state, "success", run.reason);
  assert.equal(run.task("measure", 0).tries, 3);
  assert.equal((run.result("report") as { files: number }).files, 1);
});

test("a file is measured in lines and words", () => {
  assert.deepEqual(measure("a.txt", "one two\\nthree"), { file: "a.txt", lines: 2, words: 3 });
});
`;

function readme(name: string): string {
  return `# ${name}

Pipelines for [Millrace](https://www.npmjs.com/package/millrace).

\`\`\`sh
npm install
npm start        # runs everything; hello runs once at the first start
npm test         # runs dags/**/*.test.ts
npm run check    # checks the types
\`\`\`

- \`dags/hello.dag.ts\` is a DAG: change it while Millrace runs, the change is there within a second.
- \`dags/hello.test.ts\` tests it in memory: no database, no waiting for retries.
- \`millrace.json\` holds the settings; what Millrace keeps (database, logs, results) is in \`.millrace/\`.

Try \`npx millrace dags trigger hello\`, then \`npx millrace dags list-runs hello\`.
`;
}
