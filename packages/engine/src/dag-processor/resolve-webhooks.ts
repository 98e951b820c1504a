import type { FoundFile, ImportError } from "@millrace/core";

/** Gives every name of a webhook to one DAG, the first in the order given. The others are import errors that name both; their last good versions go on. */
export function resolveWebhooks(files: readonly FoundFile[]): readonly FoundFile[] {
  const owners = new Map<string, { readonly dagId: string; readonly file: string }>();
  return files.map((found) => {
    const errors: ImportError[] = [];
    const dags = found.dags.filter(({ dagId, graph: { dag } }) => {
      const names = (dag.webhooks ?? []).map(({ name }) => name);
      const taken = names.find((name) => owners.has(name));
      const owner = taken === undefined ? undefined : owners.get(taken);
      if (!owner) {
        for (const name of names) owners.set(name, { dagId, file: found.file });
        return true;
      }
      const message = `webhook ${taken} is declared by DAG ${owner.dagId} in ${owner.file}, which comes first, and by DAG ${dagId} in ${found.file}: give one of them another name`;
      errors.push({ file: found.file, message });
      return false;
    });
    return errors.length === 0 ? found : { ...found, dags, errors: [...found.errors, ...errors] };
  });
}
