import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanDomain, isValidDomain } from "./domain-name.ts";

const label63 = "a".repeat(63);
const length253 = `${label63}.${label63}.${label63}.${"b".repeat(57)}.com`;

test.each([
  "a.co",
  "ads.tracker.net",
  "x1-y2.tracker.net",
  "1hosts.tracker.net",
  "xn--bcher-kva.net",
  "tracker.xn--p1ai",
  `${label63}.com`,
  length253,
  "localhost.net",
  "mylocalhost.com",
  "test.com",
  "example.com",
  "localdomain.org",
])("%s is valid", (domain) => expect(isValidDomain(domain)).toBe(true));

test.each([
  ["shorter than 4 characters", "a.b"],
  ["shorter than 4 characters", "co"],
  ["empty", ""],
  ["longer than 253 characters", `b${length253}`],
  ["an IPv4 address", "192.0.2.1"],
  ["an IPv4 address", "127.0.0.1"],
  ["an IPv6 address", "2001:db8::1"],
  ["a loopback literal", "::1"],
  ["a local name", "localhost"],
  ["a local name", "local"],
  ["a local name", "localdomain"],
  ["under a local name", "db.localhost"],
  ["under a local name", "nas.local"],
  ["under a local name", "printer.localdomain"],
  ["a reserved top-level domain", "a.test"],
  ["a reserved top-level domain", "a.example"],
  ["a reserved top-level domain", "a.invalid"],
  ["a reserved top-level domain", "a.onion"],
  ["a reserved top-level domain", "a.i2p"],
  ["a space", "a b.com"],
  ["an underscore", "a_b.com"],
  ["punctuation", "a!b.com"],
  ["punctuation", "a*.com"],
  ["a port", "a.com:80"],
  ["an empty label", "a..com"],
  ["an empty label", ".a.com"],
  ["a trailing dot", "a.com."],
  ["a label of 64", `${label63}a.com`],
  ["a leading hyphen", "-a.com"],
  ["a trailing hyphen", "a-.com"],
  ["a short top-level domain", "aaa.c"],
  ["digits as top-level domain", "aa.c1"],
  ["a single label", "tracker"],
  ["letters outside ASCII", "bücher.com"],
  ["upper case", "Tracker.com"],
])("a name with %s is not valid: %s", (_why, domain) => expect(isValidDomain(domain)).toBe(false));

test.each([
  ["  Ads.Tracker.NET \n", "ads.tracker.net"],
  ["https://ads.net/path?x#y", "ads.net"],
  ["http://ads.net", "ads.net"],
  ["ftp://ads.net/", "ads.net"],
  ["//ads.net/x", "ads.net"],
  ["www.ads.net", "ads.net"],
  ["www.www.ads.net", "ads.net"],
  ["HTTPS://WWW.ads.net:8443/a", "ads.net"],
  ["ads.net?q=1", "ads.net"],
  ["ads.net#top", "ads.net"],
  ["ads.net:8080", "ads.net"],
  ["ads.net...", "ads.net"],
  ["ads.net.", "ads.net"],
  ["wwwads.net", "wwwads.net"],
  ["www2.ads.net", "www2.ads.net"],
])("%j is cleaned to %s", (text, domain) => expect(cleanDomain(text)).toBe(domain));

test.each([
  "",
  "   ",
  "www.com",
  "http://",
  "https://192.0.2.1/x",
  "http://[2001:db8::1]/",
  "ads net",
  "localhost:8080",
  "a_b.net",
  "bücher.net",
])("nothing valid remains of %j", (text) => expect(cleanDomain(text)).toBeNull());

const hostLike = fc.stringMatching(
  /^(https?:\/\/|ftp:\/\/|\/\/)?(www\.){0,3}[a-zA-Z0-9_.\-]{0,20}\.?[a-zA-Z]{0,6}(:\d{0,5})?[/?#. ]?[a-z.:]{0,4}$/,
);

test("cleaning a clean domain changes nothing, and what cleaning yields is valid", () => {
  fc.assert(
    fc.property(fc.oneof(hostLike, fc.string(), fc.domain(), fc.webUrl()), (text) => {
      const domain = cleanDomain(text);
      if (domain === null) return;
      expect(cleanDomain(domain)).toBe(domain);
      expect(isValidDomain(domain)).toBe(true);
      expect(domain).toMatch(/^[a-z0-9.-]{4,253}$/);
    }),
    { numRuns: 2_000 },
  );
});

test("scheme, www., port, path, dots and letter case around a valid domain do not change what it is cleaned to", () => {
  const plain = fc
    .stringMatching(/^[a-z0-9]{1,10}(-[a-z0-9]{1,5})?\.[a-z]{2,6}$/)
    .filter((name) => cleanDomain(name) === name);
  const around = fc.record({
    scheme: fc.constantFrom("", "http://", "https://", "ftp://", "//"),
    www: fc.constantFrom("", "www.", "WWW.www."),
    tail: fc.constantFrom("", ".", ":443", ":80/x", "/a?b#c", "?q", "#f", ".:80"),
    upper: fc.boolean(),
  });
  fc.assert(
    fc.property(plain, around, (name, { scheme, www, tail, upper }) => {
      const text = `${scheme}${www}${name}${tail}`;
      expect(cleanDomain(upper ? text.toUpperCase() : text)).toBe(name);
    }),
  );
});
