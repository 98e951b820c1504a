import type { BuildOptions } from "esbuild";

/** How every bundle is compiled, also in tests. Node packages stay outside: they are found from the DAG folder when it is loaded. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node22",
  packages: "external",
  sourcemap: "inline",
} as const satisfies BuildOptions;
