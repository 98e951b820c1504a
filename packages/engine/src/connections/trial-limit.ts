/** A trial takes no longer. */
export const TRIAL_MS = 10_000;

/** What is said of one that did. */
export const TOO_LATE = `it did not answer within ${TRIAL_MS / 1_000} s`;
