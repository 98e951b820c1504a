/** Words of the graph screens. */
export const graph = {} as const;
