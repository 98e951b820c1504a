/**
 * True for objects that are only data: object literals (also of another realm), objects without a prototype, and
 * instances of classes that have no methods and no accessors.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  for (let proto: unknown = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
    if (proto === Object.prototype || isForeignObjectPrototype(proto as object)) return true;
    if (hasMembers(proto as object)) return false;
  }
  return true;
}

function hasMembers(proto: object): boolean {
  return Reflect.ownKeys(proto).some((key) => key !== "constructor");
}

function isForeignObjectPrototype(proto: object): boolean {
  return (
    Object.getPrototypeOf(proto) === null &&
    Object.hasOwn(proto, "hasOwnProperty") &&
    Object.hasOwn(proto, "isPrototypeOf")
  );
}
