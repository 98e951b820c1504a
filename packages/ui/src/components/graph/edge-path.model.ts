import type { Point } from "./graph-layout.model.ts";

const ROUNDING = 10;
const ARROW_LENGTH = 7;
const ARROW_WIDTH = 3.5;

/** The line of an edge as an SVG path, with its corners rounded. */
export function edgePath(points: readonly Point[]): string {
  const [first] = points;
  if (first === undefined) return "";
  const corners = points.slice(1, -1).map((corner, index) => {
    const from = towards(corner, points[index], ROUNDING);
    const to = towards(corner, points[index + 2], ROUNDING);
    return `L${at(from)}Q${at(corner)} ${at(to)}`;
  });
  const last = points[points.length - 1];
  return `M${at(first)}${corners.join("")}L${at(last)}`;
}

/** The head of an edge's arrow as an SVG path to be filled. */
export function arrowPath(points: readonly Point[]): string {
  const [before, tip] = [points[points.length - 2], points[points.length - 1]];
  if (before === undefined) return "";
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const [x, y] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  const [backX, backY] = [tip.x - x * ARROW_LENGTH, tip.y - y * ARROW_LENGTH];
  const left = { x: backX - y * ARROW_WIDTH, y: backY + x * ARROW_WIDTH };
  const right = { x: backX + y * ARROW_WIDTH, y: backY - x * ARROW_WIDTH };
  return `M${at(tip)}L${at(left)}L${at(right)}Z`;
}

/** Where the label of an edge stands: in the middle of its points. */
export function labelPoint(points: readonly Point[]): Point {
  const half = (points.length - 1) / 2;
  const [from, to] = [points[Math.floor(half)], points[Math.ceil(half)]];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}

/** A point so far from a corner towards another point, at most half the way. */
function towards(corner: Point, other: Point, distance: number): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y) || 1;
  const share = Math.min(distance / length, 0.5);
  return { x: corner.x + (other.x - corner.x) * share, y: corner.y + (other.y - corner.y) * share };
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
