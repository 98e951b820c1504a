/** Longer than anything takes that is waited for, on a machine that is three times as slow. */
const LIMIT_MS = 60_000;

/**
 * Waits for something that must come.
 *
 * @param what ends the sentence "60 s have passed without …", and may hold what a process has said.
 * @throws Error when it has not come after a minute.
 */
export async function within<T>(coming: Promise<T>, what: () => string, limitMs = LIMIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${limitMs / 1_000} s have passed without ${what()}`)), limitMs);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}
