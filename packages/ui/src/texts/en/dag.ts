/** Words of the dag screens. */
export const dag = {} as const;
