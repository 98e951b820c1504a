const CTRL_C = "\u0003";
const CTRL_Z = "\u001a";
const CTRL_BACKSLASH = "\u001c";

/**
 * Hears single keys. The terminal then sends no signals by itself, so the keys that make them are sent as such, to this process.
 *
 * @returns stop: the terminal is as before.
 */
export function listenForKeys(own: NodeJS.Process, listener: (key: string) => void): () => void {
  const { stdin, pid } = own;
  const hear = (data: Buffer | string): void => {
    for (const key of data.toString()) {
      if (key === CTRL_C) own.kill(pid, "SIGINT");
      else if (key === CTRL_BACKSLASH) own.kill(pid, "SIGQUIT");
      else if (key === CTRL_Z) {
        stdin.setRawMode(false);
        own.kill(pid, "SIGTSTP");
      } else listener(key);
    }
  };
  // After Ctrl-Z and `fg`.
  const goOn = (): void => void stdin.setRawMode(true);
  stdin.setRawMode(true);
  stdin.on("data", hear);
  stdin.resume();
  own.on("SIGCONT", goOn);
  return () => {
    own.off("SIGCONT", goOn);
    stdin.off("data", hear);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
