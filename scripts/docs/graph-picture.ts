import { buildDag } from "@millrace/core";
import { branching } from "../../examples/branching.dag.ts";
import { dagPicture } from "../../packages/millrace/src/cli/graph/dag-picture.ts";
import { drawSvg } from "../../packages/millrace/src/cli/graph/draw-svg.ts";

/** `docs/pictures/graph.svg`: what `millrace dags show branching --save graph.svg` writes. */
export function graphPicture(): string {
  return drawSvg(dagPicture(buildDag(branching).graph));
}
