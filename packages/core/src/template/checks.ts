import { isDict, isFloat, isKind, itemsOf, numberOf, type Value } from "./template-value.ts";
import { templateFault } from "./template-fault.ts";

/** What `is name` and `select("name")` know, beside `defined` and `undefined`, which the interpreter answers. */
export const CHECKS: ReadonlyMap<string, (value: Value) => boolean> = new Map<string, (value: Value) => boolean>([
  ["none", (value) => value === null],
  ["true", (value) => value === true],
  ["false", (value) => value === false],
  ["boolean", (value) => typeof value === "boolean"],
  ["string", (value) => typeof value === "string"],
  ["number", (value) => numberOf(value) !== undefined],
  ["integer", (value) => typeof value === "number" && !isFloat(value)],
  ["float", isFloat],
  ["mapping", isDict],
  ["sequence", (value) => typeof value === "string" || isDict(value) || itemsOf(value) !== undefined],
  ["iterable", (value) => typeof value === "string" || isDict(value) || itemsOf(value) !== undefined],
  ["callable", (value) => isKind(value, "callable") || (isKind(value, "namespace") && value.call !== undefined)],
  ["odd", (value) => Math.abs(whole("odd", value) % 2) === 1],
  ["even", (value) => whole("even", value) % 2 === 0],
  ["lower", (value) => typeof value === "string" && value === value.toLowerCase()],
  ["upper", (value) => typeof value === "string" && value === value.toUpperCase()],
]);

function whole(name: string, value: Value): number {
  const number = numberOf(value);
  if (number === undefined || !Number.isInteger(number)) throw templateFault(`only a whole number can be ${name}`);
  return number;
}
