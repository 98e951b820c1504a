// npm run build [-- <folder>]: writes publishable packages to dist/packages (or <folder>), ready for `npm pack`.
import path from "node:path";
import { buildPackages } from "./build/build-packages.ts";

const root = path.resolve(import.meta.dirname, "..");
const target = path.resolve(process.argv[2] ?? path.join(root, "dist/packages"));
for (const { name, folder, fileCount } of buildPackages(root, target)) {
  console.log(`${name.padEnd(30)} ${String(fileCount).padStart(4)} files  ${path.relative(process.cwd(), folder)}`);
}
