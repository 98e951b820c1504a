// The walls of ARCHITECTURE.md. `npm run check` proves that they bite (scripts/check/bites.itest.ts).
const TEST = "\\.(test|itest|stest|btest|contract)\\.ts$";
const HOUSE = "^(packages|providers|pipelines|bench|tests|examples|scripts)/";

/** Whatever stands in `folder` may import, of our own code, only itself and `allowed`. */
const only = (folder, ...allowed) => ({
  name: `${folder.replace(/^packages\//, "")}-imports-only-${allowed.map((path) => path.replace(/^packages\//, "")).join("-and-") || "itself"}`,
  severity: "error",
  from: { path: `^${folder}/` },
  to: { path: HOUSE, pathNot: [folder, ...allowed].map((path) => `^${path}/`) },
});

module.exports = {
  forbidden: [
    only("packages/core"),
    only("packages/store", "packages/core"),
    only("packages/engine", "packages/core"),
    only("packages/api", "packages/core"),
    only("packages/server", "packages/api", "packages/core"),
    only("packages/ui", "packages/api"),
    only("packages/millrace", "packages", "providers"),
    {
      name: "a-provider-imports-only-core",
      severity: "error",
      from: { path: "^providers/([^/]+)/" },
      to: { path: HOUSE, pathNot: ["^providers/$1/", "^packages/core/"] },
    },
    {
      name: "a-pipeline-imports-only-what-users-have",
      comment: "A pipeline must keep working when it is copied into a user's project.",
      severity: "error",
      from: { path: "^pipelines/([^/]+)/" },
      to: { path: HOUSE, pathNot: ["^pipelines/$1/", "^packages/millrace/", "^providers/"] },
    },
    {
      name: "core-has-no-node",
      comment: "core decides and does no I/O; its tests may read files.",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: TEST },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "sql-client-only-in-store",
      severity: "error",
      from: { path: "^packages/", pathNot: ["^packages/store/", TEST] },
      to: { path: "node_modules/pg/" },
    },
    {
      name: "packages-meet-by-name",
      comment: "Another package is imported by its name, so that only what it exports can be used.",
      severity: "error",
      from: { path: "^((?:packages|providers)/[^/]+)/" },
      to: {
        path: "^(packages|providers)/",
        pathNot: "^$1/",
        dependencyTypes: ["local"],
        dependencyTypesNot: ["aliased"],
      },
    },
    {
      name: "production-code-imports-no-test-code",
      severity: "error",
      from: { path: "^(packages|providers|pipelines)/", pathNot: [TEST, "/testing/"] },
      to: { path: [TEST, "/src/testing/"] },
    },
    {
      name: "production-code-needs-no-development-dependency",
      severity: "error",
      // The interface is built into files: its libraries are needed to build it and not to run it.
      from: { path: "^(packages|providers|pipelines)/", pathNot: [TEST, "/testing/", "^packages/ui/"] },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"], dependencyTypesNot: ["type-only"] },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "imports-resolve", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: `${HOUSE}.*(/dist/|/\\.millrace/|/fixtures/)` },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
