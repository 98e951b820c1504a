import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { publishedManifest, type Manifest } from "./published-manifest.ts";

/** A package that stands ready to be packed. */
export interface BuiltPackage {
  readonly name: string;
  readonly folder: string;
  readonly fileCount: number;
}

interface Source {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The package that brings the built interface along: its server looks for it in `ui/`. */
const WITH_UI = "millrace";

const TESTS = ["src/**/*.test.ts", "src/**/*.itest.ts", "src/**/*.stest.ts", "src/**/*.contract.ts"];

/**
 * Compiles each public package of `root` below `target`: JavaScript and declarations in `dist/`, and a package.json that
 * names them. A package is compiled against the declarations of those before it, as its users will be.
 *
 * @throws Error with the compiler's words when a package does not compile, names another that is not public, or the interface is not built.
 */
export function buildPackages(root: string, target: string): readonly BuiltPackage[] {
  const sources = inBuildOrder(findPublicPackages(root));
  return sources.map((source) => {
    const folder = folderFor(target, source);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    compile(root, target, { source, others: sources });
    copyAssets(root, source, folder);
    if (source.manifest.name === WITH_UI) copyUi(root, folder);
    writeFileSync(
      path.join(folder, "package.json"),
      `${JSON.stringify(publishedManifest(source.manifest), null, 2)}\n`,
    );
    return { name: source.manifest.name, folder, fileCount: globSync("**/*.js", { cwd: folder }).length };
  });
}

function findPublicPackages(root: string): readonly Source[] {
  return globSync("{packages,providers}/*/package.json", { cwd: root })
    .map((file) => {
      const manifest = JSON.parse(readFileSync(path.join(root, file), "utf8")) as Manifest;
      return { folder: path.join(root, path.dirname(file)), manifest };
    })
    .filter(({ manifest }) => manifest.private !== true);
}

// A package stands behind those of ours that it depends on.
function inBuildOrder(sources: readonly Source[]): readonly Source[] {
  const ordered = new Map<string, Source>();
  const visit = (source: Source): void => {
    for (const name of Object.keys(source.manifest.dependencies ?? {})) {
      const needed = sources.find(({ manifest }) => manifest.name === name);
      if (needed !== undefined && !ordered.has(name)) visit(needed);
    }
    ordered.set(source.manifest.name, source);
  };
  for (const source of sources.toSorted((a, b) => a.manifest.name.localeCompare(b.manifest.name))) {
    if (!ordered.has(source.manifest.name)) visit(source);
  }
  return [...ordered.values()];
}

function folderFor(target: string, { manifest }: Source): string {
  return path.join(target, manifest.name.replace(/^@millrace\//, ""));
}

function compile(
  root: string,
  target: string,
  { source, others }: { source: Source; others: readonly Source[] },
): void {
  const configFile = path.join(source.folder, "tsconfig.build.tmp.json");
  const config = {
    extends: path.join(root, "tsconfig.base.json"),
    compilerOptions: {
      noEmit: false,
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      rootDir: path.join(source.folder, "src"),
      outDir: path.join(folderFor(target, source), "dist"),
      paths: Object.fromEntries(
        others.filter((other) => other !== source).flatMap((other) => declarationsOf(target, other)),
      ),
    },
    include: ["src"],
    exclude: TESTS,
  };
  writeFileSync(configFile, JSON.stringify(config));
  try {
    const compiler = path.join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", configFile], {
      encoding: "utf8",
      cwd: root,
    });
    if (status !== 0) throw new Error(`${source.manifest.name} does not compile:\n${stdout}`);
  } finally {
    rmSync(configFile);
  }
}

function declarationsOf(target: string, other: Source): readonly [string, readonly string[]][] {
  return Object.entries(other.manifest.exports ?? {})
    .filter(([, file]) => file.endsWith(".ts"))
    .map(([place, file]) => [
      path.posix.join(other.manifest.name, place),
      [path.join(folderFor(target, other), file.replace("./src/", "dist/").replace(/\.ts$/, ".d.ts"))],
    ]);
}

// What is read at run time beside the code (migrations, documents), the bin, and the papers of the repository.
function copyAssets(root: string, { folder: from }: Source, to: string): void {
  for (const file of globSync("src/**/*.*", { cwd: from, exclude: ["**/*.ts", "**/fixtures/**"] })) {
    cpSync(path.join(from, file), path.join(to, file.replace(/^src/, "dist")), { recursive: true });
  }
  for (const entry of ["bin", "README.md"]) {
    if (existsSync(path.join(from, entry))) cpSync(path.join(from, entry), path.join(to, entry), { recursive: true });
  }
  cpSync(path.join(root, "LICENSE"), path.join(to, "LICENSE"));
}

function copyUi(root: string, to: string): void {
  const built = path.join(root, "packages/ui/dist");
  if (!existsSync(path.join(built, "index.html")))
    throw new Error(`the interface is not built: \`npm run build:ui\` writes ${built}`);
  cpSync(built, path.join(to, "ui"), { recursive: true, filter: (file) => !file.endsWith(".built-from") });
}
