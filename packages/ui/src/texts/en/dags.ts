/** Words of the dags screens. */
export const dags = {} as const;
