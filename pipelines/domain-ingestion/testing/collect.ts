/** Everything that `items` yields, as a list. */
export async function collect<Item>(items: AsyncIterable<Item> | Iterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
