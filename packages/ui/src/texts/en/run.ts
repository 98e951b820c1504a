/** Words of the run screens. */
export const run = {} as const;
