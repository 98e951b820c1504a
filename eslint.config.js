import tseslint from "typescript-eslint";
import { houseRules } from "./scripts/lint/house-rules.mjs";

const TESTS = ["**/*.{test,itest,stest,contract}.ts", "tests/**/*.ts", "**/testing/**/*.ts"];

const noWholeExport = { selector: "ExportAllDeclaration", message: "List each public name; never `export *`." };
const noDefaultExport = { selector: "ExportDefaultDeclaration", message: "Named exports only." };
const noClock = [
  "MemberExpression[object.name='Date'][property.name='now']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name='Date']",
].map((selector) => ({ selector, message: "R7: the database clock decides. Take `now` (Micros) as an argument." }));
const noDate = {
  selector: "Identifier[name='Date']",
  message: "R7: instants are Micros and never go through Date, which cuts microseconds.",
};
const noSleepInTests = {
  selector:
    "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout'][arguments.0.type='Identifier']",
  message: "Wait for a fact (a row, a signal, an event), not for time.",
};
const noProcessEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Configuration is read in packages/millrace/src/config.ts and handed in.",
};
const EVERYWHERE = [noWholeExport, noDefaultExport];
const restrict = (...more) => ({ "no-restricted-syntax": ["error", ...EVERYWHERE, ...more] });

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/",
      "**/dist/",
      "**/coverage/",
      "**/.millrace/",
      "**/.cache/",
      "**/fixtures/",
      "packages/api/src/v1/contract-types.ts",
    ],
  },
  {
    plugins: { house: houseRules },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { "house/file-name": "error" },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./packages/ui/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-console": "off",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", { max: 4 }],
      "no-restricted-globals": ["error", { name: "name" }, { name: "event" }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": ["error", { ignoreVoid: true }],
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-promise-reject-errors": "error",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true, allowNever: true },
      ],
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      // Scopes and contexts are made of functions that need no `this`: taking them apart is how DAG files are written.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      ...restrict(),
    },
  },
  // R11 of style: no process.env but in the configuration; scripts, benches, tests and the worker's entry stand outside.
  { files: ["packages/*/src/**/*.{ts,tsx}", "providers/*/src/**/*.ts"], rules: restrict(noProcessEnv) },
  {
    files: ["packages/*/src/**/*.ts"],
    ignores: ["packages/store/**", ...TESTS],
    rules: { "house/sql-only-in-store": "error" },
  },
  { files: ["packages/{core,engine,store}/src/**/*.ts"], rules: restrict(noProcessEnv, ...noClock, noDate) },
  // Date is what croner speaks and what a user's result may hold: read and written there, never asked for the time.
  {
    files: ["packages/core/src/timetable/cron-calendar.ts", "packages/core/src/values/**/*.ts"],
    rules: restrict(noProcessEnv, ...noClock),
  },
  // The one place per package that may read this machine's clock, and says why.
  { files: ["packages/{core,engine,store}/src/clock.ts"], rules: restrict(noProcessEnv) },
  {
    files: [
      "packages/millrace/src/config.ts",
      "packages/engine/src/**/*-child.ts",
      "packages/engine/src/worker/main.ts",
    ],
    rules: restrict(),
  },
  // An index only lists names, and the formatter gives each a line.
  { files: ["packages/*/src/index.ts"], rules: { "max-lines": "off" } },
  {
    files: TESTS,
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      ...restrict(noSleepInTests),
    },
  },
  // Markup is long where it says much; what decides stands in models, which keep the limit. Handlers of events may be async: their errors are shown.
  {
    files: ["packages/ui/src/**/*.tsx"],
    rules: {
      "max-lines-per-function": ["error", { max: 120, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["**/*.config.{js,ts}"], rules: { "no-restricted-syntax": "off" } },
  { files: ["**/*.{js,mjs,cjs}"], extends: [tseslint.configs.disableTypeChecked] },
);
