import { Problem } from "../http/problem.ts";

/**
 * What of a body is to be changed: all of it without a mask, else the fields that the mask names.
 *
 * @param options.allowed the fields that may be changed
 * @param options.refusal what is said about another one; default: Airflow's general words
 * @throws Problem 400 for a field that may not be changed, or that the body does not have
 */
export function applyMask<Body extends object>(
  body: Body,
  mask: readonly string[] | undefined,
  {
    allowed,
    refusal = unknownField,
  }: { readonly allowed: readonly (keyof Body & string)[]; readonly refusal?: (field: string) => string },
): Partial<Body> {
  if (mask === undefined || mask.length === 0) return body;
  const picked: Partial<Body> = {};
  for (const name of mask.map((part) => part.trim())) {
    const field = allowed.find((each) => each === name);
    if (field === undefined || !Object.hasOwn(body, field)) throw new Problem(400, { detail: refusal(name) });
    picked[field] = body[field];
  }
  return picked;
}

function unknownField(field: string): string {
  return `'${field}' is unknown or cannot be updated.`;
}
