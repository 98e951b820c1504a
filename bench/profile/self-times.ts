import type { Profiler } from "node:inspector";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Time that was spent in something itself, without what it called. */
export interface SelfTime {
  readonly name: string;
  readonly ms: number;
}

/** Where the time of a profile went. */
export interface SelfTimes {
  /** From the first sample to the last, waiting included. */
  readonly totalMs: number;
  readonly busyMs: number;
  /** By file of ours or package of others, most first. */
  readonly modules: readonly SelfTime[];
  /** By function, most first. */
  readonly functions: readonly SelfTime[];
}

const WAITING: ReadonlySet<string> = new Set(["(idle)"]);

/** Sums up a CPU profile. @param root paths of our own files are shown from here. */
export function selfTimes(profile: Profiler.Profile, root: string): SelfTimes {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const modules = new Map<string, number>();
  const functions = new Map<string, number>();
  let totalMs = 0;
  let idleMs = 0;
  profile.samples?.forEach((id, index) => {
    const frame = nodes.get(id)?.callFrame;
    const ms = (profile.timeDeltas?.[index] ?? 0) / 1_000;
    totalMs += ms;
    if (!frame) return;
    if (WAITING.has(frame.functionName)) {
      idleMs += ms;
      return;
    }
    const module = moduleOf(frame.url, root) ?? frame.functionName;
    const place =
      frame.url === ""
        ? frame.functionName
        : `${frame.functionName || "(anonymous)"} ${module}:${frame.lineNumber + 1}`;
    modules.set(module, (modules.get(module) ?? 0) + ms);
    functions.set(place, (functions.get(place) ?? 0) + ms);
  });
  return { totalMs, busyMs: totalMs - idleMs, modules: sorted(modules), functions: sorted(functions) };
}

/** A file of this repository, a package of others, or a part of Node. */
function moduleOf(url: string, root: string): string | undefined {
  if (url === "") return undefined;
  if (!url.startsWith("file:")) return url;
  const path = fileURLToPath(url);
  const parts = path.split("/node_modules/");
  const inPackage = parts.length > 1 ? parts.at(-1) : undefined;
  if (inPackage === undefined) return relative(root, path);
  const [scope, name] = inPackage.split("/");
  return scope.startsWith("@") ? `${scope}/${name}` : scope;
}

function sorted(times: ReadonlyMap<string, number>): readonly SelfTime[] {
  return [...times].map(([name, ms]) => ({ name, ms })).toSorted((a, b) => b.ms - a.ms);
}
