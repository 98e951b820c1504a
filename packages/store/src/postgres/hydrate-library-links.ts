import { access, mkdir, readFile, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

interface LibraryLink {
  /** The real file, relative to the package. */
  readonly source: string;
  /** The link that the programs look for, relative to the package. */
  readonly target: string;
}

/**
 * Makes the symbolic links that npm packages cannot carry (`libpq.so.5` → `libpq.so.5.18`), which otherwise the package's install script
 * makes: install scripts may be switched off. When the package's folder is read-only or another user's, the links go to `linkFolder` instead.
 *
 * Safe to run in many processes at once.
 *
 * @returns the environment that programs of the package need to find their libraries: empty when the links are in place.
 */
export async function hydrateLibraryLinks(options: {
  readonly native: string;
  readonly linkFolder: string;
  /** How a link is made; default: symlink(2). */
  readonly makeLink?: (source: string, target: string) => Promise<void>;
}): Promise<Readonly<Record<string, string>>> {
  const root = dirname(options.native);
  const make = tolerant(options.makeLink ?? symlink);
  const text = await readFile(join(options.native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(text) as readonly LibraryLink[];
  const missing: LibraryLink[] = [];
  for (const link of links) if (!(await exists(join(root, link.target)))) missing.push(link);
  if (missing.length === 0) return {};
  try {
    for (const { source, target } of missing) {
      await make(relative(dirname(join(root, target)), join(root, source)), join(root, target));
    }
    return {};
  } catch (error) {
    if (!isReadOnly(error)) throw error;
  }
  await mkdir(options.linkFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of missing) await make(join(root, source), join(options.linkFolder, basename(target)));
  return { [process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH"]: options.linkFolder };
}

/** Another process may have made the same link just now. */
function tolerant(
  makeLink: (source: string, target: string) => Promise<void>,
): (source: string, target: string) => Promise<void> {
  return (source, target) =>
    makeLink(source, target).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
}

function isReadOnly(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "EROFS" || code === "EACCES" || code === "EPERM";
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
