import { readFileSync } from "node:fs";
import { packageVersion } from "../../cli/package-version.ts";
import { makeCheck } from "../check.ts";
import { bad, ok, warn, type Verdict } from "../verdict.ts";

/** Versions without a leading v. */
export interface NodeFacts {
  readonly node: string;
  /** As `engines` has it: `>=22.18`. */
  readonly needs: string;
  readonly millrace: string;
}

/** Older than needed is bad; odd versions are maintained for half a year only. */
export function judgeNode({ node, needs, millrace }: NodeFacts): readonly Verdict[] {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = needs.replace(/^\D+/, "").split(".").map(Number);
  const fact = `Millrace ${millrace} on Node ${node}`;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    return [
      bad(`${fact}, which is older than ${leastMajor}.${leastMinor}`, "Install Node 24, or any newer even version."),
    ];
  if (major % 2 === 1)
    return [warn(`${fact}, whose maintenance ends after half a year`, `Use Node ${major + 1}, or 24.`)];
  return [ok(fact)];
}

/** Versions of Node and Millrace. */
export const nodeCheck = makeCheck({
  name: "node",
  about: "versions of Node and Millrace",
  needs: "machine",
  gather: () => {
    const { engines } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
      readonly engines: { readonly node: string };
    };
    return Promise.resolve({ node: process.versions.node, needs: engines.node, millrace: packageVersion() });
  },
  judge: judgeNode,
});
