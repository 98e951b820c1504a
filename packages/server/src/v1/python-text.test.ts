// Vectors as Python 3.11 printed them; tests/services/python-text.stest.ts asks a real one about many more.
import { expect, test } from "vitest";
import { reprLogs, reprPython, strPython } from "./python-text.ts";

test.each([
  ["plain", "'plain'"],
  ["it's", `"it's"`],
  [`both ' and "`, String.raw`'both \' and "'`],
  ["tab\t line\n return\r back\\slash", String.raw`'tab\t line\n return\r back\\slash'`],
  ["\u0000\u001b\u007f\u00a0\u00ad", String.raw`'\x00\x1b\x7f\xa0\xad'`],
  ["é ß 漢 😀", "'é ß 漢 😀'"],
  ["\u2028\ufeff\ud800", String.raw`'\u2028\ufeff\ud800'`],
  ["\u{e0001}", String.raw`'\U000e0001'`],
])("text %j is %s", (text, expected) => {
  expect(reprPython(text)).toBe(expected);
});

test.each([
  [0, "0"],
  [-0, "-0.0"],
  [1, "1"],
  [-2.5, "-2.5"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [-1.5e-7, "-1.5e-07"],
  [5e-324, "5e-324"],
  [1e16, "10000000000000000"],
  [1e21, "1e+21"],
  [1.5e300, "1.5e+300"],
  [2 ** 53 + 2, "9007199254740994"],
  [Number.NaN, "nan"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [12345678901234567890123n, "12345678901234567890123"],
])("the number %s is %s", (value, expected) => {
  expect(reprPython(value)).toBe(expected);
});

test("nested values, empty ones, and what is nothing", () => {
  expect(reprPython({ a: [1, null, true, false], "it's": {}, u: undefined })).toBe(
    `{'a': [1, None, True, False], "it's": {}, 'u': None}`,
  );
  expect(reprPython([])).toBe("[]");
  expect(reprPython(JSON.parse('{"__proto__": 1}'))).toBe("{'__proto__': 1}");
});

test("values beyond JSON become what Python has for them", () => {
  expect(reprPython(new Date("2020-01-02T03:04:00Z"))).toBe(
    "datetime.datetime(2020, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)",
  );
  expect(reprPython(new Date("2020-01-02T03:04:05.006Z"))).toBe(
    "datetime.datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=datetime.timezone.utc)",
  );
  expect(reprPython(new Date(Number.NaN))).toBe("None");
  expect(reprPython(new Map<unknown, unknown>([[[1], "a"]]))).toBe("{(1,): 'a'}");
  expect(reprPython(new Map([[[1, "b"], new Set([1])]]))).toBe("{(1, 'b'): {1}}");
  expect(reprPython(new Set())).toBe("set()");
  expect(reprPython(/a'b/gim)).toBe(`re.compile("a'b", re.IGNORECASE|re.MULTILINE)`);
  expect(reprPython(/a/)).toBe("re.compile('a')");
  expect(reprPython(new URL("https://a.b/c"))).toBe("'https://a.b/c'");
  expect(reprPython(new Uint8Array([0, 10, 39, 65, 255]))).toBe(String.raw`b"\x00\n'A\xff"`);
  expect(reprPython(new Uint8Array([39, 34]).buffer)).toBe(String.raw`b'\'"'`);
  expect(reprPython(new Float64Array([0.5, Number.NaN]))).toBe("[0.5, nan]");
  expect(reprPython(new BigInt64Array([-1n]))).toBe("[-1]");
});

test("as str, text has no quotes and a date has spaces", () => {
  expect(strPython("it's")).toBe("it's");
  expect(strPython(new Date("2020-01-02T03:04:05Z"))).toBe("2020-01-02 03:04:05+00:00");
  expect(strPython(new Date("2020-01-02T03:04:05.006Z"))).toBe("2020-01-02 03:04:05.006000+00:00");
  expect(strPython(new URL("https://a.b/c"))).toBe("https://a.b/c");
  expect(strPython(["a"])).toBe("['a']");
});

test("logs are a list of tuples of host and text", () => {
  expect(reprLogs([["worker-1", "it's\nhere"]])).toBe(String.raw`[('worker-1', "it's\nhere")]`);
  expect(reprLogs([])).toBe("[]");
});
