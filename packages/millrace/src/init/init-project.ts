import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { findCheckout, linkFromCheckout, type Checkout } from "./checkout-links.ts";
import { projectFiles } from "./project-files.ts";

/** What does not make a folder non-empty. */
const ALLOWED = new Set([".git", ".gitignore", ".DS_Store"]);
const MAX_SHOWN = 5;

/** How a project is made. */
export interface InitOptions {
  /** Name of the npm package. Default: made of the folder's name. */
  readonly name?: string;
  /** Also in a folder that has files; those that exist are kept as they are. Default false. */
  readonly force?: boolean;
}

/** A project that was made. Paths of files are relative to its folder. */
export interface NewProject {
  readonly folder: string;
  readonly name: string;
  readonly written: readonly string[];
  /** Existed already and were not touched. */
  readonly kept: readonly string[];
  /** True when packages still have to be installed; false in a project that uses a checkout of Millrace. */
  readonly needsInstall: boolean;
}

/**
 * Writes a small project that works: settings, a DAG, a test of it. Never overwrites a file. Run from a checkout of Millrace, the project uses that
 * checkout and needs no installation.
 *
 * @throws MillraceError CONFLICT when the folder is not empty and `force` is not set; BAD_ARGUMENT for a name that npm refuses.
 */
export async function initProject(path: string, options: InitOptions = {}): Promise<NewProject> {
  const folder = resolve(path);
  const name = options.name ?? nameFrom(folder);
  if (!/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name) || name.length > 214) {
    throw new MillraceError(
      "BAD_ARGUMENT",
      `"${name}" cannot be the name of a package: use lower-case letters, digits, - . _`,
    );
  }
  if (options.force !== true) await refuseFull(folder);
  const checkout = findCheckout();
  const files = projectFiles({ name, millrace: dependencyOn(checkout, folder) });
  const written: string[] = [];
  const kept: string[] = [];
  for (const [file, text] of Object.entries(files))
    ((await writeNew(join(folder, file), text)) ? written : kept).push(file);
  if (checkout.isSource) await linkFromCheckout(checkout, folder);
  return { folder, name, written, kept, needsInstall: !checkout.isSource };
}

function nameFrom(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[-._]+|[-._]+$/g, "");
  return name === "" ? "pipelines" : name;
}

function dependencyOn(checkout: Checkout, folder: string): string {
  return checkout.isSource
    ? `file:${relative(folder, checkout.packageFolder).replaceAll("\\", "/")}`
    : `^${checkout.version}`;
}

async function refuseFull(folder: string): Promise<void> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).filter((name) => !ALLOWED.has(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    if (code === "ENOTDIR")
      throw new MillraceError("CONFLICT", `${folder} is a file: name a folder that is empty or does not exist`, {
        cause: error,
      });
    throw error;
  }
  if (names.length === 0) return;
  const shown = `${names.slice(0, MAX_SHOWN).join(", ")}${names.length > MAX_SHOWN ? ` and ${names.length - MAX_SHOWN} more` : ""}`;
  throw new MillraceError(
    "CONFLICT",
    `${folder} is not empty (${shown}): choose another folder, or add --force to write what is missing (no file is overwritten)`,
  );
}

/** @returns false when the file exists. */
async function writeNew(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
