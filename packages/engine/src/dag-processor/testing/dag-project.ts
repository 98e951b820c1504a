import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FoundDag, FoundFile } from "@millrace/core";
import { createDagProcessor, type DagProcessor, type DagProcessorOptions, type SavedDag } from "../dag-processor.ts";

const CORE = resolve(import.meta.dirname, "../../../../core");

/** One call of `save`. */
export interface Save {
  readonly files: readonly FoundFile[];
  readonly complete: boolean;
}

/** A project in a temporary folder, with a DAG processor that saves into memory. */
export interface DagProject {
  readonly folder: string;
  readonly processor: DagProcessor;
  readonly saves: readonly Save[];
  /** What the processor logged at level warn and error. */
  readonly log: readonly { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
  path(file: string): string;
  write(file: string, text: string): void;
  remove(file: string): void;
  /** A package in node_modules; its files by name. */
  install(name: string, files: Readonly<Record<string, string>>): void;
  /** Waits until a save holds the file and `fits`; looks at earlier saves too, newest first, from `from` on. */
  saved(file: string, fits?: (found: FoundFile) => boolean, from?: number): Promise<FoundFile>;
  /** Another processor on the same folders. */
  again(): DagProject;
  close(): Promise<void>;
}

/** Text of a DAG file with one DAG. */
export function dagText(dagId: string, body = `task("one", () => 1);`): string {
  return `import { dag } from "@millrace/core";\nexport const declared = dag("${dagId}", ({ task }) => {\n  ${body}\n});\n`;
}

/** Makes an empty project with the folder `dags`. */
export function makeDagProject(
  options: Partial<DagProcessorOptions> | ((folder: string) => Partial<DagProcessorOptions>) = {},
): DagProject {
  const folder = mkdtempSync(join(tmpdir(), "millrace-dags-"));
  mkdirSync(join(folder, "dags"));
  mkdirSync(join(folder, "node_modules", "@millrace"), { recursive: true });
  symlinkSync(CORE, join(folder, "node_modules", "@millrace", "core"));
  return openDagProject(folder, typeof options === "function" ? options(folder) : options);
}

function openDagProject(folder: string, options: Partial<DagProcessorOptions>): DagProject {
  const memory = new SaveMemory();
  const log: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const note = (fields: object, event: string): void => void log.push({ event, fields: { ...fields } });
  const processor = createDagProcessor({
    folders: [join(folder, "dags")],
    dataFolder: join(folder, ".millrace"),
    environment: process.env,
    log: { debug: () => undefined, info: () => undefined, warn: note, error: note },
    save: async (files, { complete }) => memory.save({ files, complete }),
    ...options,
  });
  const path = (file: string): string => join(folder, file);
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  return {
    folder,
    processor,
    saves: memory.saves,
    log,
    path,
    write,
    remove: (file) => rmSync(path(file), { recursive: true, force: true }),
    install(name, files) {
      for (const [file, text] of Object.entries(files)) write(`node_modules/${name}/${file}`, text);
    },
    saved: (file, fits = () => true, from = 0) => memory.find(path(file), fits, from),
    again: () => openDagProject(folder, options),
    async close() {
      await processor.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Numbers versions as the store does. */
class SaveMemory {
  readonly saves: Save[] = [];
  readonly #versions = new Map<string, { readonly key: string; readonly version: number }>();
  #wake: (() => void)[] = [];

  save(save: Save): readonly SavedDag[] {
    this.saves.push(save);
    for (const wake of this.#wake.splice(0)) wake();
    return save.files.flatMap(({ dags }) => dags).map((dag) => this.#number(dag));
  }

  async find(file: string, fits: (found: FoundFile) => boolean, from: number): Promise<FoundFile> {
    for (;;) {
      const found = this.saves.slice(from).flatMap(({ files }) => files);
      const last = found.findLast((each) => each.file === file && fits(each));
      if (last !== undefined) return last;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #number({ dagId, bundleHash, graphHash, lockHash }: FoundDag): SavedDag {
    const key = `${bundleHash} ${graphHash} ${lockHash}`;
    const known = this.#versions.get(dagId);
    if (known?.key === key) return { dagId, version: known.version, isNew: false };
    const version = (known?.version ?? 0) + 1;
    this.#versions.set(dagId, { key, version });
    return { dagId, version, isNew: true };
  }
}
