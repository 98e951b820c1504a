/** True for a text with a private key in it, as PEM, whatever the field is called that holds it. */
export function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(text);
}
