import { readFileSync } from "node:fs";
import path from "node:path";
import { buildDag } from "@millrace/core";
import { expect, test } from "vitest";
import { branching } from "../../examples/branching.dag.ts";
import { dagPicture } from "../../packages/millrace/src/cli/graph/dag-picture.ts";
import { drawText } from "../../packages/millrace/src/cli/graph/draw-text.ts";
import { UNICODE } from "../../packages/millrace/src/cli/graph/line-sets.ts";
import { openTerminal } from "../../packages/millrace/src/cli/terminal.ts";

test("the how-to page shows the drawing that the command prints", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/how-to/look-at-a-graph.md"), "utf8");
  const style = {
    charset: UNICODE,
    paint: openTerminal({ process, env: { NO_COLOR: "1" }, user: "docs" }).paint,
    width: 120,
  };
  const drawn = drawText(dagPicture(buildDag(branching).graph), style);
  expect(page).toContain(drawn?.join("\n"));
});
