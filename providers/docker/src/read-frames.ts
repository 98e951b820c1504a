const HEADER_BYTES = 8;
const STDERR = 2;

/** Where the parts of a container's output go. */
export interface OutputParts {
  readonly stdout: (part: Uint8Array) => void;
  readonly stderr: (part: Uint8Array) => void;
}

/**
 * Takes the engine's stream of a container without a terminal apart: frames of 8 bytes (which stream, three zeros, how many bytes) and their bytes.
 * Returns at its end; holds no more than a chunk.
 */
export async function readFrames(stream: AsyncIterable<Uint8Array>, parts: OutputParts): Promise<void> {
  const header = Buffer.alloc(HEADER_BYTES);
  let filled = 0;
  let left = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length;) {
      if (left === 0) {
        const taken = chunk.subarray(at, at + HEADER_BYTES - filled);
        header.set(taken, filled);
        filled += taken.length;
        at += taken.length;
        if (filled === HEADER_BYTES) {
          left = header.readUInt32BE(4);
          filled = 0;
        }
      } else {
        const part = chunk.subarray(at, at + left);
        (header[0] === STDERR ? parts.stderr : parts.stdout)(part);
        left -= part.length;
        at += part.length;
      }
    }
  }
}
