import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAdblockLine, parseHostsLine } from "./parse-line.ts";

test.each([
  ["0.0.0.0 ads.net", "ads.net"],
  ["127.0.0.1 ads.net", "ads.net"],
  ["0.0.0.0\tads.net", "ads.net"],
  ["  0.0.0.0   ADS.net  ", "ads.net"],
  ["127.0.0.1 www.ads.net\r", "www.ads.net"],
])("hosts: %j is an entry", (line, domain) => expect(parseHostsLine(line)).toEqual({ kind: "entry", domain }));

test.each([
  "",
  "   ",
  "# 0.0.0.0 ads.net",
  "::1 ads.net",
  "192.0.2.1 ads.net",
  "0.0.0.0",
  "0.0.0.0 ads.net # why",
  "0.0.0.0 a.net b.net",
  "ads.net",
  "0.0.0.0ads.net",
  "x 0.0.0.0 ads.net",
  "||ads.net^",
])("hosts: %j says nothing", (line) => expect(parseHostsLine(line)).toEqual({ kind: "ignored" }));

test.each([
  ["127.0.0.1 localhost", "localhost"],
  ["0.0.0.0 0.0.0.0", "0.0.0.0"],
  ["0.0.0.0 a_b.net", "a_b.net"],
  ["0.0.0.0 ads.net:80", "ads.net:80"],
])("hosts: %j names no valid domain", (line, text) => expect(parseHostsLine(line)).toEqual({ kind: "invalid", text }));

test.each([
  ["||ads.net^", "ads.net"],
  ["||ADS.net^$third-party", "ads.net"],
  ["||ads.net^$all", "ads.net"],
  ["  ||ads.net^$script,domain=a.net|b.net ", "ads.net"],
])("adblock: %j is an entry", (line, domain) => expect(parseAdblockLine(line)).toEqual({ kind: "entry", domain }));

test.each([
  "",
  "! ||ads.net^",
  "# ||ads.net^",
  "[Adblock Plus]",
  "@@||ads.net^",
  "||ads.net",
  "|ads.net^",
  "ads.net^",
  "||ads.net^/path",
  "||a b.net^",
  "/ads[0-9]+/",
  "ads.net##.banner",
  "0.0.0.0 ads.net",
])("adblock: %j says nothing", (line) => expect(parseAdblockLine(line)).toEqual({ kind: "ignored" }));

test.each([
  ["||192.0.2.1^", "192.0.2.1"],
  ["||*.ads.net^", "*.ads.net"],
  ["||ads.net/x^", "ads.net/x"],
  ["||[2001:db8::7]^", "[2001:db8::7]"],
])("adblock: %j names no valid domain", (line, text) =>
  expect(parseAdblockLine(line)).toEqual({ kind: "invalid", text }),
);

test("no line makes a parser throw", () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      expect(["ignored", "invalid", "entry"]).toContain(parseHostsLine(line).kind);
      expect(["ignored", "invalid", "entry"]).toContain(parseAdblockLine(line).kind);
    }),
  );
});
