/**
 * Gathers messages and hands them on together, once per turn of the event loop.
 *
 * @param send gets all messages of a turn; never an empty list.
 */
export function createOutbox<M>(send: (messages: readonly M[]) => void): {
  readonly push: (message: M) => void;
  readonly flush: () => void;
} {
  let waiting: M[] = [];
  let armed = false;
  const flush = (): void => {
    armed = false;
    if (waiting.length === 0) return;
    const messages = waiting;
    waiting = [];
    send(messages);
  };
  const push = (message: M): void => {
    waiting.push(message);
    if (armed) return;
    armed = true;
    setImmediate(flush);
  };
  return { push, flush };
}
