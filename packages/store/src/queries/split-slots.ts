/** What one scheduler holds of a pool and could use. */
export interface PoolShare {
  readonly schedulerId: number;
  readonly granted: number;
  readonly used: number;
  readonly wanted: number;
}

/**
 * R6. How many slots `me` may hold from now on: its fair part of what all want and a fair part of the rest, as far as the others' grants leave room, and
 * never fewer than it uses. Only the caller's own grant changes, so the sum stays within the pool whatever the order of calls; the others come to
 * their part when they ask.
 *
 * @returns `fair` > `granted` when others hold more than their part. @param slots total; unlimited pools are not split. @param shares of all live schedulers, `me` included.
 */
export function splitSlots(
  slots: number,
  shares: readonly PoolShare[],
  me: number,
): { readonly granted: number; readonly fair: number } {
  const mine = shares.find((share) => share.schedulerId === me);
  if (mine === undefined) throw new Error(`scheduler ${me} has no share of the pool`);
  const others = shares.filter((share) => share !== mine);
  const room = Math.max(0, slots - others.reduce((sum, share) => sum + share.granted, 0));
  const fair = fairPart(slots, shares, mine);
  return { fair, granted: Math.max(Math.min(fair, room), Math.min(mine.used, Math.max(room, mine.granted))) };
}

/** Slots are dealt one round at a time to all that want more; what nobody wants is dealt to all alike. Lower ids get the odd ones. */
function fairPart(slots: number, shares: readonly PoolShare[], mine: PoolShare): number {
  const ordered = shares.toSorted((a, b) => demandOf(a) - demandOf(b) || a.schedulerId - b.schedulerId);
  const parts = new Map<PoolShare, number>();
  let left = slots;
  ordered.forEach((share, index) => {
    const part = Math.min(demandOf(share), Math.ceil(left / (ordered.length - index)));
    parts.set(share, part);
    left -= part;
  });
  const place = ordered.indexOf(mine);
  const spare = Math.floor(left / ordered.length) + (place < left % ordered.length ? 1 : 0);
  return parts.get(mine)! + spare;
}

function demandOf({ used, wanted }: PoolShare): number {
  return used + wanted;
}
