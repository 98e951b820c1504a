/** The key under which it is kept who is logged in. */
export const SESSION_KEY = ["session"] as const;
