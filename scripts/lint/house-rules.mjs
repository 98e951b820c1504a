// ESLint rules that only this repository has. CONTRIBUTING.md says why each exists.
import path from "node:path";

const VAGUE_NAMES = new Set(["utils", "util", "helpers", "helper", "common", "types", "manager", "misc", "shared"]);
const KEBAB_FILE = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mjs|cjs|js)$/;

// Statements, not sentences: "select a DAG" must not look like SQL.
const SQL = new RegExp(
  [
    String.raw`^\s*select\s[\s\S]+\sfrom\s+\w`,
    String.raw`^\s*insert\s+into\s+\w+`,
    String.raw`^\s*update\s+\w+\s+(as\s+\w+\s+)?set\s`,
    String.raw`^\s*delete\s+from\s+\w+`,
    String.raw`^\s*(create|alter|drop)\s+(unique\s+)?(table|index|schema|database)\s`,
    String.raw`^\s*with\s+\w+\s+as\s+(materialized\s+)?\(`,
  ].join("|"),
  "i",
);

const fileName = {
  meta: { type: "problem", schema: [] },
  create(context) {
    return {
      Program(node) {
        const base = path.basename(context.filename);
        const parts = base.toLowerCase().split(/[.-]/);
        if (VAGUE_NAMES.has(parts[0]) && parts.length === 2) {
          context.report({ node, message: `"${base}" says nothing: name the file for the one thing it exports.` });
        } else if (!KEBAB_FILE.test(base)) {
          context.report({ node, message: `"${base}" is not kebab-case.` });
        }
      },
    };
  },
};

const sqlOnlyInStore = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const check = (node, text) => {
      if (SQL.test(text)) context.report({ node, message: "SQL lives in packages/store only: add a query there." });
    };
    return {
      Literal(node) {
        if (typeof node.value === "string") check(node, node.value);
      },
      TemplateLiteral(node) {
        check(node, node.quasis.map((quasi) => quasi.value.cooked ?? "").join(" x "));
      },
    };
  },
};

/** The plugin, used as `house/…` in eslint.config.js. */
export const houseRules = { rules: { "file-name": fileName, "sql-only-in-store": sqlOnlyInStore } };
