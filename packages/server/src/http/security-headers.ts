import type { FastifyHelmetOptions } from "@fastify/helmet";

/**
 * Headers that keep browsers in check: nothing but what this server serves is loaded, nobody frames it. What only makes sense over TLS is left out without
 * it: a browser that was told to use HTTPS would not find a plain server again.
 */
export function securityHeaders(isTls: boolean): FastifyHelmetOptions {
  return {
    global: true,
    strictTransportSecurity: isTls,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        ...(isTls && { upgradeInsecureRequests: [] }),
      },
    },
  };
}
