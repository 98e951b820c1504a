/** Words of the assets screens. */
export const assets = {} as const;
