/** Words of the browse screens. */
export const browse = {} as const;
