import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConfigurationError } from "./pipeline-errors.ts";
import { parseSourcesConfig, selectSources } from "./source-config.ts";

const shipped = (name: string): string => readFileSync(new URL(`../config/${name}`, import.meta.url), "utf8");
const one = (fields: string): string =>
  `sources:\n  a:\n${fields
    .split(",")
    .map((field) => `    ${field.trim()}\n`)
    .join("")}`;

test("the shipped configuration names the four public lists", () => {
  expect(
    parseSourcesConfig(shipped("sources.yaml"), "sources.yaml").sources.map(
      ({ name, url, format, category, updateFrequency }) => [name, url, format, category, updateFrequency],
    ),
  ).toEqual([
    [
      "stevenblack",
      "https://raw.githubusercontent.com/StevenBlack/hosts/master/hosts",
      "hosts",
      "ads_trackers",
      "daily",
    ],
    [
      "urlhaus",
      "https://malware-filter.gitlab.io/malware-filter/urlhaus-filter-agh.txt",
      "adblock",
      "malware",
      "12hours",
    ],
    ["1hosts", "https://badmojr.gitlab.io/1hosts/Lite/adblock.txt", "adblock", "ads_trackers", "daily"],
    ["adwars", "https://raw.githubusercontent.com/jdlingyu/ad-wars/master/hosts", "hosts", "ads_trackers", "daily"],
  ]);
});

test("the fixtures stand for the same lists in the same formats", () => {
  const shape = (file: string): unknown =>
    parseSourcesConfig(shipped(file), file).sources.map(({ name, format, category }) => [name, format, category]);
  expect(shape("sources.fixtures.yaml")).toEqual(shape("sources.yaml"));
});

test.each([
  ["", 'the map "sources"'],
  ["sources: []", 'the map "sources"'],
  ["sources: {}", "names no source"],
  ["a: [", "is not YAML"],
  ["sources:\n  a: 1\n  a: 2", "is not YAML"],
  ["sources:\n  a: x", "sources.a must be a map"],
  ["sources:\n  'a b': {}", "a name has"],
  [one("format: hosts, category: malware"), "sources.a.url must be a text"],
  [one("url: x, format: csv, category: malware"), 'format is "csv"; it must be hosts or adblock'],
  [one("url: x, format: hosts, category: spam"), 'category is "spam"'],
  [one("url: x, format: hosts, category: malware, typo: 1"), "sources.a.typo is not known"],
  [one("url: 7, format: hosts, category: malware"), "sources.a.url must be a text"],
])("%j is refused by name", (text, message) => {
  expect(() => parseSourcesConfig(text, "s.yaml")).toThrow(ConfigurationError);
  expect(() => parseSourcesConfig(text, "s.yaml")).toThrow(message);
});

test("a section that nothing reads is reported, not refused", () => {
  expect(
    parseSourcesConfig(`${one("url: x, format: hosts, category: malware")}timeouts: {pipeline: 3600}`, "s.yaml")
      .unreadSections,
  ).toEqual(["timeouts"]);
});

test("one source can be chosen by name; a name that is not there is refused with the names that are", () => {
  const config = parseSourcesConfig(shipped("sources.yaml"), "sources.yaml");
  expect(selectSources(config, "urlhaus").map((source) => source.name)).toEqual(["urlhaus"]);
  expect(selectSources(config, undefined)).toHaveLength(4);
  expect(() => selectSources(config, "urlhouse")).toThrow("the configuration has stevenblack, urlhaus, 1hosts, adwars");
});
