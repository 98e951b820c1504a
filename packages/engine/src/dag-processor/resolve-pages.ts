import type { FoundFile, ImportError } from "@millrace/core";

/** Gives every id of a page to one file, the first in the order given. The others are import errors that name both. */
export function resolvePages(files: readonly FoundFile[]): readonly FoundFile[] {
  const owners = new Map<string, string>();
  return files.map((found) => {
    if (found.pages === undefined) return found;
    const errors: ImportError[] = [];
    const pages = found.pages.filter(({ pageId }) => {
      const owner = owners.get(pageId);
      if (owner === undefined) {
        owners.set(pageId, found.file);
        return true;
      }
      const where =
        owner === found.file ? "twice in this file" : `in ${owner}, which comes first, and in ${found.file}`;
      errors.push({ file: found.file, message: `page ${pageId} is declared ${where}: give one of them another id` });
      return false;
    });
    return errors.length === 0 ? found : { ...found, pages, errors: [...found.errors, ...errors] };
  });
}
