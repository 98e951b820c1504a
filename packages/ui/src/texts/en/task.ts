/** Words of the task screens. */
export const task = {} as const;
