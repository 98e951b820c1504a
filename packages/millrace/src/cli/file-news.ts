import { existsSync } from "node:fs";
import type { FoundFile } from "@millrace/core";
import type { SavedDag } from "@millrace/engine";
import { importErrorLines, shortPath } from "./banner.ts";
import type { Terminal } from "./terminal.ts";

/** What is remembered of a file to tell how it changes. */
interface KnownFile {
  readonly dagIds: readonly string[];
  readonly isBroken: boolean;
}

/** Tells of DAG files that change while Millrace runs. The banner tells of those that were there before. */
export class FileNews {
  readonly #terminal: Terminal;
  readonly #projectFolder: string;
  readonly #known = new Map<string, KnownFile>();
  #begun = false;

  constructor(terminal: Terminal, projectFolder: string) {
    this.#terminal = terminal;
    this.#projectFolder = projectFolder;
  }

  /** From here on changes are told. */
  begin(): void {
    this.#begun = true;
  }

  /** Takes note of files that were saved, and tells what is new about them. */
  note(files: readonly FoundFile[], saved: readonly SavedDag[]): void {
    const before = new Map(files.map(({ file }) => [file, this.#known.get(file)]));
    for (const { file, dags, errors } of files) {
      const dagIds = dags.map(({ dagId }) => dagId);
      if (dagIds.length + errors.length === 0) this.#known.delete(file);
      // A broken file keeps its last good DAGs.
      else
        this.#known.set(file, {
          dagIds: errors.length > 0 ? [...new Set([...dagIds, ...(before.get(file)?.dagIds ?? [])])] : dagIds,
          isBroken: errors.length > 0,
        });
    }
    if (this.#begun) this.#tell(files, saved, before);
  }

  #tell(
    files: readonly FoundFile[],
    saved: readonly SavedDag[],
    before: ReadonlyMap<string, KnownFile | undefined>,
  ): void {
    const { paint } = this.#terminal;
    const wereThere = new Set([...before.values()].flatMap((known) => known?.dagIds ?? []));
    for (const { dagId, version, isNew } of saved) {
      if (isNew) this.#terminal.print(`${paint.cyan("dag")} ${dagId} is now version ${version}`);
      else if (!wereThere.has(dagId))
        this.#terminal.print(`${paint.cyan("dag")} ${dagId} is back, still version ${version}`);
    }
    const present = new Set([...this.#known.values()].flatMap(({ dagIds }) => dagIds));
    for (const { file, dags, errors } of files) {
      const was = before.get(file);
      const place = shortPath(this.#projectFolder, file);
      for (const error of errors)
        for (const line of importErrorLines(error, this.#projectFolder, paint)) this.#terminal.print(line);
      const lost = (was?.dagIds ?? []).filter((dagId) => !present.has(dagId));
      const end = lost.length === 0 ? "" : `; no new runs of ${lost.join(", ")}`;
      if (errors.length > 0) continue;
      const isMended = was?.isBroken === true;
      // A schedules file: it is told of only while it is wrong.
      if (isMended && !file.endsWith(".dag.ts") && existsSync(file))
        this.#terminal.print(`${paint.cyan("file")} ${place} can be read again`);
      else if (dags.length === 0)
        this.#terminal.print(
          `${paint.yellow("file")} ${place} ${existsSync(file) ? "exports no DAG" : "is gone"}${end}`,
        );
      else if (isMended) this.#terminal.print(`${paint.cyan("file")} ${place} can be loaded again${end}`);
      else if (lost.length > 0) this.#terminal.print(`${paint.yellow("file")} ${place} has changed${end}`);
    }
  }
}
