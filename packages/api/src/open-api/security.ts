/** How callers say who they are, in an OpenAPI document. */
export const SECURITY_SCHEMES = {
  Bearer: {
    type: "http",
    scheme: "bearer",
    description: "A token of one's own; `millrace tokens create` and POST /tokens make them.",
  },
  Basic: { type: "http", scheme: "basic", description: "User name and password." },
  Session: { type: "apiKey", in: "cookie", name: "millrace_session", description: "Of the browser, after logging in." },
} as const;

/** Any one of them is enough. */
export const ANY_SECURITY: readonly Readonly<Record<string, readonly string[]>>[] = Object.keys(SECURITY_SCHEMES).map(
  (name) => ({ [name]: [] }),
);

/** License of both documents. */
export const LICENSE = { name: "Apache 2.0", identifier: "Apache-2.0" } as const;
