import type { DagFilter } from "@millrace/core";

/** Reads which DAGs a query means, of those that its caller may see. */
export function dagFilterOf(
  { only_active: onlyActive = true, tags }: { readonly only_active?: boolean; readonly tags?: readonly string[] },
  dagIds: readonly string[] | undefined,
): DagFilter {
  return { onlyActive, ...(tags && tags.length > 0 && { tags }), ...(dagIds && { dagIds }) };
}
