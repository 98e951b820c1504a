/** A figure with three significant digits, thousands apart: `0.912`, `38.4`, `12 300`. */
export function formatFigure(value: number): string {
  const [whole, fraction] = Number(value.toPrecision(3)).toString().split(".");
  const spaced = whole.replaceAll(/\B(?=(\d{3})+$)/g, "\u202f");
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}
