/** The fields of a package.json of this repository that publishing reads or changes. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Every export names its TypeScript source, as a path below `./src/`, or a file that is published as it stands. */
  readonly exports?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The package.json of the published package: its exports name `dist/` instead of `src/`, and only that is packed. */
export function publishedManifest(manifest: Manifest): Manifest & { readonly files: readonly string[] } {
  return {
    ...manifest,
    exports: Object.fromEntries(
      Object.entries(manifest.exports ?? {}).map(([place, file]) => [place, publishedExport(file)]),
    ) as unknown as Record<string, string>,
    files: ["dist", "bin", "ui"],
  };
}

// The order matters to TypeScript: "types" must come first.
function publishedExport(file: string): unknown {
  if (!file.endsWith(".ts")) return file;
  const compiled = file.replace("./src/", "./dist/").replace(/\.ts$/, "");
  return { types: `${compiled}.d.ts`, default: `${compiled}.js` };
}
