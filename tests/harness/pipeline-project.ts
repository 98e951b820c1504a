import { cp, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cliProject, type CliProject } from "./cli-project.ts";

const PIPELINES = resolve(import.meta.dirname, "../../pipelines");

/** A project that holds a copy of one of the repository's pipelines, as a user's copy would be. */
export interface PipelineProject extends CliProject {
  /** The copy's folder. */
  readonly pipeline: string;
  /** Changes a file of the copy. @throws Error when `from` is not in it */
  edit(file: string, from: string, to: string): Promise<void>;
  /** The result of a command that prints JSON. @throws Error when it fails */
  json<T>(...args: readonly string[]): Promise<T>;
  /** The names of a folder below the copy; none when it does not exist. */
  list(folder: string): Promise<readonly string[]>;
}

/** What may be set beside the pipeline. */
export interface PipelineProjectOptions {
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Copies a pipeline, without its tests and data, into a project of its own. */
export async function pipelineProject(name: string, options: PipelineProjectOptions = {}): Promise<PipelineProject> {
  const config = { core: { dagFolders: ["pipelines"] }, ...options.config };
  const project = await cliProject({ "millrace.json": JSON.stringify(config) }, options.env);
  const pipeline = join(project.folder, "pipelines", name);
  await cp(join(PIPELINES, name), pipeline, {
    recursive: true,
    filter: (path) => !/[\\/](\.millrace|node_modules)$|\.i?test\.ts$/.test(path),
  });
  return {
    ...project,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
    pipeline,
    async edit(file, from, to) {
      const text = await readFile(join(pipeline, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
      await project.write(join("pipelines", name, file), text.replaceAll(from, to));
    },
    async json(...args) {
      const { code, out, err } = await project.run(...args, "--json");
      if (code !== 0) throw new Error(`millrace ${args.join(" ")} ended with ${code}:\n${err}`);
      return JSON.parse(out) as never;
    },
    list: (folder) => readdir(join(pipeline, folder)).catch(() => []),
  };
}
