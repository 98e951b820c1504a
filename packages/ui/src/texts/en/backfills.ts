/** Words of the backfills screens. */
export const backfills = {} as const;
