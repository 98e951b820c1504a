/** Parts of names, with `_` between words. */
const SECRET_PARTS = [
  "access_key",
  "access_token",
  "api_key",
  "apikey",
  "authorization",
  "keyfile",
  "passphrase",
  "passwd",
  "password",
  "private_key",
  "secret",
  "token",
];

/** A word by itself: no author is secret. */
const SECRET_WORD = /(^|[^a-z])auth([^a-z]|$)/;

/** True for names that say that what they hold is secret, as Airflow judges them: `db_password`, `API_KEY`, `githubToken`. */
export function isSecretName(name: string): boolean {
  const plain = name
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_")
    .replaceAll("-", "_")
    .toLowerCase();
  return SECRET_PARTS.some((part) => plain.includes(part)) || SECRET_WORD.test(plain);
}
