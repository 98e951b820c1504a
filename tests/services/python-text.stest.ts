// What API v1 writes as Python's text is held against a real Python: it reads back as the same value, and is what Python itself prints.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { reprLogs, reprPython } from "../../packages/server/src/v1/python-text.ts";

// A line is a list of [kind, value as JSON, text]; the answer is a list of complaints.
const JUDGE = String.raw`
import ast, json, math, sys, unicodedata

def newer(text):
    # Characters that this Python's Unicode does not know yet print otherwise than in a newer one.
    return any(unicodedata.category(c) == "Cn" for c in text)

def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if type(a) is not type(b): return False
    if isinstance(a, (list, tuple)): return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict): return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return a == b

def judge(kind, source, text):
    value = json.loads(source)
    if kind == "logs": value = [tuple(pair) for pair in value]
    if kind == "bytes": value = bytes(value)
    if kind == "float": value = float(value)
    printed = repr(value)
    if printed != text and not newer(source + text + "".join(map(str, [value]))): return f"{text} should be {printed}"
    if kind == "float": return None
    if not same(ast.literal_eval(text), value): return f"{text} reads as something else than {printed}"

for line in sys.stdin:
    complaints = []
    for kind, source, text in json.loads(line):
        try: complaint = judge(kind, source, text)
        except Exception as error: complaint = f"{text}: {error!r}"
        if complaint: complaints.append(complaint)
    print(json.dumps(complaints), flush=True)
`;

type Question = readonly [kind: "value" | "logs" | "bytes" | "float", json: string, text: string];

const python = spawn("python3", ["-c", JUDGE], { stdio: ["pipe", "pipe", "inherit"] });
const failed = new Promise<never>((_, reject) => {
  python.once("error", (cause) => reject(new Error("python3 does not start", { cause })));
  python.once("exit", (code) => reject(new Error(`python3 has ended with ${code}`)));
});
failed.catch(() => undefined);
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
afterAll(() => python.kill());

async function complaints(questions: readonly Question[]): Promise<readonly string[]> {
  python.stdin.write(`${JSON.stringify(questions)}\n`);
  const answer = await Promise.race([answers.next(), failed]);
  return JSON.parse(answer.value as string) as string[];
}

/** Any text, with many characters that are printed in a special way, and halves of pairs. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("'", '"', "\\", "\n", "\r", "\t", "\u007f", "\u00a0", "\u00ad", "\u2028", "a") }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc
    .tuple(fc.integer({ min: -9_999, max: 9_999 }), fc.integer({ min: -30, max: 30 }))
    .map(([m, e]) => m * 10 ** e || 0),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(text, tie("value"), { maxKeys: 5 }),
  ),
}));

test("values of JSON are printed as Python prints them, and read back the same", async () => {
  const property = fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 30 }), async (values) => {
    const questions = values.map((each): Question => ["value", JSON.stringify(each), reprPython(each)]);
    expect(await complaints(questions)).toEqual([]);
  });
  await fc.assert(property, { numRuns: 500 });
});

// The other planes have no characters.
const PLANES = [0, 1, 2, 3, 14, 16];

test("every character alone is printed as Python prints it", async () => {
  for (const plane of PLANES) {
    const questions = Array.from({ length: 0x10000 }, (_, low): Question => {
      const character = String.fromCodePoint(plane * 0x10000 + low);
      return ["value", JSON.stringify(character), reprPython(character)];
    });
    expect((await complaints(questions)).slice(0, 10)).toEqual([]);
  }
});

test("numbers that JSON does not know are Python's", async () => {
  const special = [Number.NaN, Infinity, -Infinity, -0];
  const written = ["NaN", "Infinity", "-Infinity", "-0.0"];
  expect(await complaints(special.map((each, i): Question => ["float", written[i], reprPython(each)]))).toEqual([]);
  const property = fc.asyncProperty(fc.array(fc.bigInt(), { minLength: 1, maxLength: 50 }), async (values) => {
    expect(await complaints(values.map((each): Question => ["value", String(each), reprPython(each)]))).toEqual([]);
  });
  await fc.assert(property, { numRuns: 50 });
});

test("bytes and logs are printed as Python prints them", async () => {
  const bytes = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (each) => {
    expect(await complaints([["bytes", JSON.stringify([...each]), reprPython(each)]])).toEqual([]);
  });
  await fc.assert(bytes, { numRuns: 200 });
  const logs = fc.asyncProperty(fc.array(fc.tuple(text, text)), async (each) => {
    expect(await complaints([["logs", JSON.stringify(each), reprLogs(each)]])).toEqual([]);
  });
  await fc.assert(logs, { numRuns: 200 });
});
