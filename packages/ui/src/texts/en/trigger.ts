/** Words of the trigger screens. */
export const trigger = {} as const;
