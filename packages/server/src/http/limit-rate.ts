import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Caller } from "../access/caller.ts";
import { Problem } from "./problem.ts";

const WINDOW_MS = 60_000;
/** Callers that are counted at once; of more, those seen longest ago begin anew. */
const MOST_CALLERS = 10_000;

/** Counts a request of a caller. @throws Problem 429 when they sent too many */
export type LimitRate = (request: FastifyRequest, caller: Caller) => Promise<void>;

/** Makes the limit of requests per caller and minute, kept by this process alone. @param perMinute 0 = none */
export async function makeRateLimit(app: FastifyInstance, perMinute: number): Promise<LimitRate> {
  if (perMinute === 0) return () => Promise.resolve();
  const keys = new WeakMap<FastifyRequest, string>();
  await app.register(rateLimit, { global: false, max: perMinute, timeWindow: WINDOW_MS, cache: MOST_CALLERS });
  const check = app.createRateLimit({ keyGenerator: (request) => keys.get(request) ?? request.ip });
  return async (request, { kind, name }) => {
    // Nobody in particular shares nothing but an address.
    keys.set(request, kind === "anonymous" ? `address:${request.ip}` : `${kind}:${name}`);
    const limit = await check(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    const seconds = String(Math.max(1, Math.ceil(limit.ttl / 1_000)));
    throw new Problem(429, {
      detail: `more than ${perMinute} requests in a minute: wait ${seconds} s`,
      headers: { "retry-after": seconds },
    });
  };
}
