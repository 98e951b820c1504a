/** Tells on standard error what goes on: the last line is overwritten on a terminal. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #beganMs = performance.now();
  #what = "";

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** A new workload begins. */
  begin(what: string): void {
    this.#what = what;
    this.#write(what, "\n");
  }

  /** What happens within it. */
  note(text: string): void {
    if (this.#stream.isTTY) this.#write(this.#what === "" ? text : `${this.#what}: ${text}`, "");
    else this.#write(`  ${text}`, "\n");
  }

  /** Clears the line. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }

  #write(text: string, ending: string): void {
    const seconds = ((performance.now() - this.#beganMs) / 1_000).toFixed(0).padStart(4);
    this.#stream.write(`${this.#stream.isTTY ? "\r\u001b[K" : ""}${seconds} s  ${text}${ending}`);
  }
}
