import { renameSync, utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readDags } from "./read-dags.ts";
import { dagText, makeDagProject, type DagProject } from "./testing/dag-project.ts";

let project: DagProject;
const more: DagProject[] = [];
beforeEach(() => {
  project = makeDagProject();
});
afterEach(async () => {
  for (const each of more.splice(0)) await each.processor.stop();
  await project.close();
});

const ids = (found: { readonly dags: readonly { readonly dagId: string }[] }): readonly string[] =>
  found.dags.map((dag) => dag.dagId);
const isBroken = (found: { readonly errors: readonly unknown[] }): boolean => found.errors.length > 0;

describe("finding files", () => {
  test("node_modules, dist and what .millraceignore names are left alone", async () => {
    for (const file of ["a", "sub/b", "node_modules/c", "dist/d", "old/e", "sub/draft-f"]) {
      project.write(`dags/${file}.dag.ts`, dagText(file.replace(/.*\//, "")));
    }
    project.write("dags/.millraceignore", "# later\n/old/\ndraft-*\n");
    await project.processor.scanOnce();
    expect(project.saves[0].files.flatMap(ids)).toEqual(["a", "b"]);
    expect(project.saves[0].complete).toBe(true);
  });

  test("a folder that does not exist has no files", async () => {
    project.remove("dags");
    await project.processor.scanOnce();
    expect(project.saves[0]).toEqual({ files: [], complete: true });
  });

  test("a file without a DAG is no error, but is told", async () => {
    project.write("dags/empty.dag.ts", "export const x = 1;\n");
    await project.processor.scanOnce();
    expect(await project.saved("dags/empty.dag.ts")).toMatchObject({ dags: [], errors: [] });
    expect(project.log.map(({ event }) => event)).toEqual(["file exports no dag"]);
  });
});

describe("pages", () => {
  const pageText = (id: string, options = `title: "Health"`, code = "() => []"): string =>
    `import { page } from "@millrace/core";\nexport const health = page("${id}", { ${options} }, ${code});\n`;

  test("a page is found beside DAGs, or alone, and a change of its code is a new bundle", async () => {
    project.write("dags/a.dag.ts", `${dagText("a")}\n${pageText("health", `title: "Health", dag: "a"`)}`);
    project.write("dags/b.dag.ts", pageText("alone"));
    await project.processor.scanOnce();
    const [a, b] = [await project.saved("dags/a.dag.ts"), await project.saved("dags/b.dag.ts")];
    expect(a.pages).toMatchObject([{ pageId: "health", dagId: "a", dagIds: ["a"], bundleHash: a.bundle?.hash }]);
    expect([ids(b), b.pages?.map(({ pageId }) => pageId), b.errors]).toEqual([[], ["alone"], []]);
    expect(project.log.map(({ event }) => event)).not.toContain("file exports no dag");
    project.write("dags/b.dag.ts", pageText("alone", `title: "Health"`, "() => [].slice(1)"));
    await project.processor.scanOnce();
    const changed = await project.saved("dags/b.dag.ts");
    expect(changed.pages?.[0].bundleHash).not.toBe(b.pages?.[0].bundleHash);
  });

  test("a page that two files declare, and one with a wrong option, are import errors of their files", async () => {
    project.write("dags/a.dag.ts", pageText("same"));
    project.write("dags/b.dag.ts", pageText("same"));
    project.write("dags/c.dag.ts", `${dagText("c")}\n${pageText("odd", `title: "Odd", refreshSeconds: 1`)}`);
    await project.processor.scanOnce();
    expect((await project.saved("dags/a.dag.ts")).errors).toEqual([]);
    expect((await project.saved("dags/b.dag.ts")).errors[0].message).toContain("page same is declared in");
    const c = await project.saved("dags/c.dag.ts");
    expect(ids(c)).toEqual(["c"]);
    expect(c.errors).toMatchObject([
      { message: expect.stringContaining("page odd: refreshSeconds: needs a whole number from 5"), line: 7 },
    ]);
  });
});

describe("what a file may import", () => {
  test("local files are bundled, an ESM-only package is required, import.meta names each module's place", async () => {
    project.install("only-esm", {
      "package.json": `{ "name": "only-esm", "type": "module", "exports": "./index.js" }`,
      "index.js": `export const word = "esm";\n`,
    });
    project.write("dags/lib/where.ts", "export const where = import.meta.dirname;\n");
    const body =
      "task(`${word}_${where.endsWith('/dags/lib')}_${import.meta.filename.endsWith('/a.dag.ts')}`, () => 1);";
    project.write(
      "dags/a.dag.ts",
      `import { word } from "only-esm";\nimport { where } from "./lib/where.ts";\n${dagText("a", body)}`,
    );
    await project.processor.scanOnce();
    const found = await project.saved("dags/a.dag.ts");
    expect(found.errors).toEqual([]);
    expect(found.dags[0].graph.tasks[0].taskId).toBe("esm_true_true");
    expect(found.bundle?.code).not.toContain(project.folder);
  });

  test("the environment of a DAG file is an allow-list", async () => {
    const body = "task(Object.keys(process.env).includes('SECRET_OF_THE_HOST') ? 'leaked' : 'clean', () => 1);";
    project.write("dags/a.dag.ts", dagText("a", body));
    const environment = { ...process.env, SECRET_OF_THE_HOST: "x" };
    const folders = [project.path("dags")];
    const dataFolder = project.path(".millrace");
    const {
      files: [clean],
    } = await readDags({ folders, dataFolder, environment });
    expect(clean.dags[0].graph.tasks[0].taskId).toBe("clean");
    const {
      files: [named],
    } = await readDags({ folders, dataFolder, environment, environmentNames: ["SECRET_OF_THE_HOST"] });
    expect(named.dags[0].graph.tasks[0].taskId).toBe("leaked");
  });
});

describe("a version", () => {
  test("stays when nothing changes, also over a restart and a touch", async () => {
    project.write("dags/a.dag.ts", dagText("a"));
    await project.processor.scanOnce();
    utimesSync(project.path("dags/a.dag.ts"), new Date(), new Date());
    const again = project.again();
    more.push(again);
    await again.processor.scanOnce();
    expect(again.saves[0].files).toEqual(project.saves[0].files);
  });

  test("of one DAG is not changed by another file", async () => {
    project.write("dags/a.dag.ts", dagText("a"));
    project.write("dags/b.dag.ts", dagText("b"));
    await project.processor.scanOnce();
    project.write("dags/b.dag.ts", dagText("b", `task("two", () => 2);`));
    const saved = await project.processor.scanOnce();
    expect(saved).toEqual([
      { dagId: "a", version: 1, isNew: false },
      { dagId: "b", version: 2, isNew: true },
    ]);
  });

  test("changes with the lockfile entries of the packages that its file needs, and only with those", async () => {
    for (const name of ["used", "other"])
      project.install(name, { "package.json": `{ "name": "${name}" }`, "index.js": "exports.x = 1;\n" });
    const lock = (used: string, deep: string, other: string): void => {
      const packages = {
        "node_modules/used": { version: used, dependencies: { deep: "*" } },
        "node_modules/deep": { version: deep },
        "node_modules/other": { version: other },
      };
      project.write("package-lock.json", JSON.stringify({ packages }));
    };
    const scan = async (): Promise<number> => (await project.processor.scanOnce())[0].version;
    project.write("dags/a.dag.ts", `import { x } from "used";\nconsole.log(x);\n${dagText("a")}`);
    lock("1", "1", "1");
    expect(await scan()).toBe(1);
    lock("1", "1", "2");
    expect(await scan()).toBe(1);
    lock("1", "2", "2");
    expect(await scan()).toBe(2);
    lock("2", "2", "2");
    expect(await scan()).toBe(3);
  });

  test("changes with any change of another kind of lockfile", async () => {
    project.write("dags/a.dag.ts", dagText("a"));
    project.write("pnpm-lock.yaml", "one");
    expect((await project.processor.scanOnce())[0].version).toBe(1);
    project.write("pnpm-lock.yaml", "two");
    expect((await project.processor.scanOnce())[0].version).toBe(2);
  });
});

describe("duplicate ids", () => {
  test("the first path wins, the second is an error that names both, and takes over when the first goes", async () => {
    project.write("dags/a.dag.ts", dagText("same"));
    project.write("dags/b.dag.ts", dagText("same"));
    await project.processor.start();
    expect(ids(await project.saved("dags/a.dag.ts"))).toEqual(["same"]);
    const second = await project.saved("dags/b.dag.ts");
    expect(second.dags).toEqual([]);
    expect(second.errors[0].message).toContain(project.path("dags/a.dag.ts"));
    expect(second.errors[0].message).toContain(project.path("dags/b.dag.ts"));
    project.remove("dags/a.dag.ts");
    expect(ids(await project.saved("dags/b.dag.ts", (found) => !isBroken(found)))).toEqual(["same"]);
  });

  test("a broken file keeps its ids against a second file", async () => {
    project.write("dags/a.dag.ts", dagText("same"));
    project.write("dags/b.dag.ts", dagText("same"));
    await project.processor.start();
    const from = project.saves.length;
    project.write("dags/a.dag.ts", "export const = 1;\n");
    await project.saved("dags/a.dag.ts", isBroken, from);
    const later = project.saves.slice(from).flatMap(({ files }) => files);
    expect(later.filter(({ file }) => file.endsWith("b.dag.ts")).flatMap(ids)).toEqual([]);
  });

  test("one file that declares an id twice keeps the first", async () => {
    const text = `import { dag } from "@millrace/core";
export const a = dag("same", ({ task }) => void task("one", () => 1));
export const b = dag("same", ({ task }) => void task("two", () => 1));\n`;
    project.write("dags/a.dag.ts", text);
    await project.processor.scanOnce();
    const found = await project.saved("dags/a.dag.ts");
    expect(found.dags.map((dag) => dag.graph.tasks[0].taskId)).toEqual(["one"]);
    expect(found.errors[0].message).toMatch(/DAG same is declared twice in this file/);
  });
});

describe("watching", () => {
  test("an edit, a new file, a rename and a deletion are saved alone", async () => {
    project.write("dags/a.dag.ts", dagText("a"));
    project.write("dags/still.dag.ts", dagText("still"));
    await project.processor.start();
    project.write("dags/a.dag.ts", dagText("a", `task("two", () => 2);`));
    await project.saved("dags/a.dag.ts", ({ dags }) => dags[0]?.graph.tasks[0].taskId === "two");
    project.write("dags/deep/new.dag.ts", dagText("fresh"));
    expect(ids(await project.saved("dags/deep/new.dag.ts"))).toEqual(["fresh"]);
    renameSync(project.path("dags/a.dag.ts"), project.path("dags/z.dag.ts"));
    expect(ids(await project.saved("dags/z.dag.ts"))).toEqual(["a"]);
    project.remove("dags/z.dag.ts");
    await project.saved("dags/z.dag.ts", ({ dags }) => dags.length === 0);
    const later = project.saves.slice(1);
    expect(later.every(({ complete }) => !complete)).toBe(true);
    expect(later.flatMap(({ files }) => files).some(({ file }) => file.endsWith("still.dag.ts"))).toBe(false);
  });

  test("a broken file gets its error and then its DAG back", async () => {
    project.write("dags/a.dag.ts", dagText("a"));
    await project.processor.start();
    project.write("dags/a.dag.ts", "export const = 1;\n");
    expect((await project.saved("dags/a.dag.ts", isBroken)).dags).toEqual([]);
    const from = project.saves.length;
    project.write("dags/a.dag.ts", dagText("a"));
    expect(ids(await project.saved("dags/a.dag.ts", (found) => !isBroken(found), from))).toEqual(["a"]);
  });

  test("an imported file outside the DAG folder and a missing one that appears are noticed", async () => {
    project.write("lib/name.ts", `export const name: string = "first";\n`);
    project.write("dags/a.dag.ts", `import { name } from "../lib/name.ts";\n${dagText("a", "task(name, () => 1);")}`);
    project.write("dags/b.dag.ts", `import { name } from "./later.ts";\n${dagText("b", "task(name, () => 1);")}`);
    await project.processor.start();
    project.write("lib/name.ts", `export const name: string = "second";\n`);
    await project.saved("dags/a.dag.ts", ({ dags }) => dags[0]?.graph.tasks[0].taskId === "second");
    project.write("dags/later.ts", `export const name: string = "there";\n`);
    expect(ids(await project.saved("dags/b.dag.ts", (found) => !isBroken(found)))).toEqual(["b"]);
  });

  test("without file events the next look finds what changed", async () => {
    await project.close();
    project = makeDagProject({ rescanMs: 50 });
    // The watch leaves dist alone, so no event comes from there.
    project.write("dags/dist/name.ts", `export const name: string = "first";\n`);
    project.write("dags/a.dag.ts", `import { name } from "./dist/name.ts";\n${dagText("a", "task(name, () => 1);")}`);
    await project.processor.start();
    project.write("dags/dist/name.ts", `export const name: string = "second";\n`);
    await project.saved("dags/a.dag.ts", ({ dags }) => dags[0]?.graph.tasks[0].taskId === "second");
  });

  test("a save that fails is offered again", async () => {
    const failures = [new Error("the database is away")];
    const offered: string[][] = [];
    const { folder } = project;
    const log: string[] = [];
    const note = (_: object, event: string): void => void log.push(event);
    project.write("dags/a.dag.ts", dagText("a"));
    const processor = makeDagProject({
      folders: [`${folder}/dags`],
      rescanMs: 50,
      log: { debug: () => undefined, info: () => undefined, warn: note, error: note },
      save: async (files) => {
        offered.push([...files.flatMap(ids)]);
        const failure = offered.length === 2 ? failures[0] : undefined;
        if (failure) throw failure;
        if (offered.length === 3) whenThird();
        return [];
      },
    });
    more.push(processor);
    let whenThird = (): void => undefined;
    const third = new Promise<void>((resolve) => (whenThird = resolve));
    await processor.processor.start();
    project.write("dags/b.dag.ts", dagText("b"));
    await third;
    expect(offered).toEqual([["a"], ["b"], ["b"]]);
    expect(log).toEqual(["scan failed"]);
  });
});

test("a custom timetable answers its next 50 times from the child", async () => {
  const text = `import { customTimetable, dag } from "@millrace/core";
const hourly = customTimetable("hourly", (after) => {
  const end = Math.ceil((Date.parse(after) + 1) / 3_600_000) * 3_600_000;
  return { start: new Date(end - 3_600_000).toISOString(), end: new Date(end).toISOString() };
});
export const a = dag("a", { schedule: hourly }, ({ task }) => void task("one", () => 1));\n`;
  project.write("dags/a.dag.ts", text);
  await project.processor.scanOnce();
  const found = await project.saved("dags/a.dag.ts");
  expect(found.errors).toEqual([]);
  const times = found.dags[0].customTimes ?? [];
  expect(times).toHaveLength(50);
  expect(times.every((time, index) => index === 0 || time.runAfter - times[index - 1].runAfter === 3_600_000_000)).toBe(
    true,
  );
});

test("reading one file saves nothing and gives the same version as the processor", async () => {
  project.write("dags/a.dag.ts", dagText("a"));
  project.write("dags/b.dag.ts", dagText("b"));
  await project.processor.scanOnce();
  const options = { folders: [project.path("dags")], dataFolder: project.path(".millrace"), environment: process.env };
  const read = await readDags({ ...options, files: [project.path("dags/b.dag.ts")] });
  expect(read).toEqual({ files: [await project.saved("dags/b.dag.ts")], leftOut: [] });
  expect(project.saves).toHaveLength(1);
  const outside = { ...options, files: [project.path("other/c.dag.ts")] };
  project.write("other/c.dag.ts", dagText("c"));
  expect((await readDags(outside)).files.map(ids)).toEqual([["c"]]);
  project.write("other/c.dag.ts", dagText("changed"));
  expect((await readDags(outside)).files.map(ids)).toEqual([["changed"]]);
});

describe("a file whose code takes long to load", () => {
  const ENDLESS = "for (;;);\n";
  beforeEach(async () => {
    await project.close();
    project = makeDagProject({ slowLoadMs: 1_000 });
  });

  test("keeps neither the first start nor later edits waiting, and is loaded anew as soon as it is mended", async () => {
    // More than are loaded at once: they make room for each other, too.
    for (const name of ["a", "b", "c", "d"]) project.write(`dags/bad-${name}.dag.ts`, ENDLESS);
    project.write("dags/good.dag.ts", dagText("good"));
    await project.processor.start();
    await project.saved("dags/good.dag.ts");
    expect(project.saves.flatMap(({ files }) => files.flatMap(ids))).toEqual(["good"]);
    project.write("dags/good.dag.ts", dagText("good", `task("two", () => 2);`));
    await project.saved("dags/good.dag.ts", ({ dags }) => dags[0]?.graph.tasks[0].taskId === "two");
    for (const name of ["a", "b", "c", "d"]) project.write(`dags/bad-${name}.dag.ts`, dagText(name));
    await project.processor.settle();
    expect(ids(await project.saved("dags/bad-d.dag.ts"))).toEqual(["d"]);
  });

  test("keeps the store's DAGs until it is known what it declares", async () => {
    project.write(
      "dags/bad.dag.ts",
      `const end = performance.now() + 2_000;\nwhile (performance.now() < end);\n${dagText("slow")}`,
    );
    await project.processor.start();
    expect(project.saves.map(({ complete }) => complete)).toEqual([false]);
    await project.processor.settle();
    expect(project.saves.at(-1)).toMatchObject({ complete: true, files: [{ dags: [{ dagId: "slow" }] }] });
  });

  test("is left out when what is wanted is there", async () => {
    project.write("dags/bad.dag.ts", ENDLESS);
    project.write("dags/good.dag.ts", dagText("good"));
    const read = await readDags({
      folders: [project.path("dags")],
      dataFolder: project.path(".millrace"),
      environment: process.env,
      slowLoadMs: 1_000,
      dagIds: ["good"],
    });
    expect(read.files.flatMap(ids)).toEqual(["good"]);
    expect(read.leftOut).toEqual([project.path("dags/bad.dag.ts")]);
  });

  const SLOW = `const end = performance.now() + 2_000;\nwhile (performance.now() < end);\n${dagText("slow")}`;

  test("is waited for when it declares what is wanted, and others are not", async () => {
    project.write("dags/bad.dag.ts", ENDLESS);
    project.write("dags/slow.dag.ts", SLOW);
    const folders = [project.path("dags")];
    const read = await readDags({
      folders,
      dataFolder: project.path(".millrace"),
      slowLoadMs: 1_000,
      dagIds: ["slow"],
    });
    expect(read.files.flatMap(ids)).toEqual(["slow"]);
    expect(read.leftOut).toEqual([project.path("dags/bad.dag.ts")]);
  });

  test("keeps one look at certain DAGs waiting only as long as those are not found", async () => {
    await project.close();
    const slow: string[] = [];
    project = makeDagProject({ slowLoadMs: 1_000, dagIds: ["good", "slow"], onSlow: (file) => slow.push(file) });
    project.write("dags/bad.dag.ts", ENDLESS);
    project.write("dags/good.dag.ts", dagText("good"));
    project.write("dags/slow.dag.ts", SLOW);
    await project.processor.scanOnce();
    expect(project.saves.at(-1)?.files.flatMap(ids)).toEqual(["good", "slow"]);
    expect(project.saves.every(({ complete }) => !complete)).toBe(true);
    expect(slow).toEqual([project.path("dags/bad.dag.ts"), project.path("dags/slow.dag.ts")]);
  });
});
