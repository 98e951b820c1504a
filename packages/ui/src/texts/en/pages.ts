/** Words of the pages screens. */
export const pages = {} as const;
