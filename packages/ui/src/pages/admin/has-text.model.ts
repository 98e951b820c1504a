/** Whether the texts together have all words of a search in it, whatever their case. An empty search fits everything. */
export function hasText(texts: readonly (string | null | undefined)[], search: string): boolean {
  const whole = texts.join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}
