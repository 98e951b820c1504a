const FORBIDDEN_TLDS: ReadonlySet<string> = new Set([
  "local",
  "localhost",
  "test",
  "example",
  "invalid",
  "onion",
  "i2p",
]);
const LOCAL_NAMES = ["localhost", "local", "localdomain"] as const;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
// A top-level domain outside ASCII is written as an A-label (`xn--p1ai`), which has digits and hyphens.
const TLD = /^(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/;
const SCHEMES = ["https://", "http://", "ftp://", "//"] as const;

/**
 * True when `domain` is a public host name in its plain lower-case ASCII form, such as `ads.tracker.net`.
 *
 * 4–253 characters; two labels or more, each of 1–63 letters, digits and inner hyphens; a top-level domain of at least
 * two letters (or an A-label) that is not reserved; no IP address; nothing equal to or under a local name.
 */
export function isValidDomain(domain: string): boolean {
  if (domain.length < 4 || domain.length > 253 || IPV4.test(domain)) return false;
  if (LOCAL_NAMES.some((name) => domain === name || domain.endsWith(`.${name}`))) return false;
  const labels = domain.split(".");
  const tld = labels.at(-1) ?? "";
  return labels.length >= 2 && labels.every((label) => LABEL.test(label)) && TLD.test(tld) && !FORBIDDEN_TLDS.has(tld);
}

/**
 * The bare domain inside `text` (a URL, a host with a port, a name with `www.` or a trailing dot), or `null` when what
 * remains is not valid. Cleaning a clean domain changes nothing.
 */
export function cleanDomain(text: string): string | null {
  let domain = text.trim().toLowerCase();
  for (const scheme of SCHEMES) if (domain.startsWith(scheme)) domain = domain.slice(scheme.length);
  while (domain.startsWith("www.")) domain = domain.slice(4);
  domain = domain
    .replace(/[/?#].*$/s, "")
    .replace(/:\d+$/, "")
    .replace(/\.+$/, "");
  return isValidDomain(domain) ? domain : null;
}
