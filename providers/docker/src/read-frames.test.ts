import { expect, test } from "vitest";
import { readFrames } from "./read-frames.ts";

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test.each([1, 3, 7, 8, 9, 1_000])("frames come apart however the bytes arrive, %i at a time", async (size) => {
  const bytes = Buffer.concat([frame(1, "one\n"), frame(2, "zwei ä"), frame(1, ""), frame(1, "x".repeat(300))]);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const got = { out: "", err: Buffer.alloc(0) };
  await readFrames(
    (async function* () {
      yield* chunks;
    })(),
    {
      stdout: (part) => (got.out += Buffer.from(part).toString()),
      stderr: (part) => (got.err = Buffer.concat([got.err, part])),
    },
  );
  expect(got.out).toBe(`one\n${"x".repeat(300)}`);
  expect(got.err.toString()).toBe("zwei ä");
});
