import type { AuthSettings } from "./auth-settings.ts";

/** The `WWW-Authenticate` of a 401. Millrace's own API does not ask for Basic: browsers would open a window of their own before the login page. */
export function challenge(url: string, { basic }: Pick<AuthSettings, "basic">): string {
  return basic && !url.startsWith("/api/millrace/") ? "Basic" : "Bearer";
}
