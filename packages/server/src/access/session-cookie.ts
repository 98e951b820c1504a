/** Name of the cookie that carries a session. */
export const SESSION_COOKIE = "millrace_session";
/** Name of the cookie that ties a login through an OpenID provider to the browser that began it. */
export const SIGN_IN_COOKIE = "millrace_sign_in";
/** The header in which unsafe requests of a session repeat its CSRF token. */
export const CSRF_HEADER = "x-csrf-token";

/** A `Set-Cookie` header that scripts cannot read and other sites' forms do not send. @param options.maxAgeSeconds 0 deletes the cookie */
export function setCookie(
  name: string,
  value: string,
  { maxAgeSeconds, isSecure }: { readonly maxAgeSeconds: number; readonly isSecure: boolean },
): string {
  const parts = [`${name}=${value}`, "Path=/", "HttpOnly", "SameSite=Lax", `Max-Age=${Math.floor(maxAgeSeconds)}`];
  return [...parts, ...(isSecure ? ["Secure"] : [])].join("; ");
}
