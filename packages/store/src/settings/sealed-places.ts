/** Where a connection is sealed. */
export function placeOfConnection(connectionId: string): string {
  return `connection "${connectionId}"`;
}

/** Where a secret variable is sealed. */
export function placeOfVariable(key: string): string {
  return `variable "${key}"`;
}
