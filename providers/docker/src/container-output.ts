import type { Log } from "@millrace/core";

const MAX_LINE_CHARS = 1_048_576;
const MAX_OUTPUT_CHARS = 1_048_576;
const QUOTED_LINES = 10;

/** What is kept of what a container wrote. */
export interface ContainerOutput {
  /** All of stdout; `undefined` when that was too much to keep. */
  readonly stdout: string | undefined;
  /** The last line of stdout that was not blank; `""` when there was none. */
  readonly lastLine: string;
  /** The last lines of stderr. */
  readonly lastErrors: string;
}

/** Two ends whose lines go to the log as they come; `read` gives what was kept. */
export interface OutputSink {
  readonly stdout: (part: Uint8Array) => void;
  readonly stderr: (part: Uint8Array) => void;
  /** Also gives out lines that have no end yet. */
  read(): ContainerOutput;
}

/** Takes the output of a container apart into lines, and keeps of it no more than a result needs. */
export function outputSink(log: Log): OutputSink {
  const [toStdout, toStderr] = [log.from("stdout"), log.from("stderr")];
  let stdout: string | undefined = "";
  let lastLine = "";
  const errors: string[] = [];
  const out = lineSplitter((line) => {
    toStdout.info(line);
    if (line.trim() !== "") lastLine = line;
    stdout = stdout !== undefined && stdout.length + line.length < MAX_OUTPUT_CHARS ? `${stdout}${line}\n` : undefined;
  });
  const err = lineSplitter((line) => {
    toStderr.info(line);
    errors.push(line);
    if (errors.length > QUOTED_LINES) errors.shift();
  });
  return {
    stdout: out.write,
    stderr: err.write,
    read: () => {
      out.end();
      err.end();
      return { stdout, lastLine, lastErrors: errors.join("\n") };
    },
  };
}

/** Calls `onLine` for every line; one that is longer than a mebibyte is cut. */
function lineSplitter(onLine: (line: string) => void): { write(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let open = "";
  const take = (text: string): void => {
    const lines = (open + text).split("\n");
    open = (lines.pop() ?? "").slice(0, MAX_LINE_CHARS);
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  return {
    write: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end: () => {
      take(decoder.decode());
      if (open !== "") onLine(open);
      open = "";
    },
  };
}
