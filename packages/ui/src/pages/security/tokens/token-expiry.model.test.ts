import { expect, test } from "vitest";
import { expiryAfter, stateOfToken } from "./token-expiry.model.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

test("a token ends so many days from now, or never", () => {
  expect(expiryAfter("7", NOW)).toBe("2026-01-08T00:00:00.000Z");
  expect(expiryAfter("never", NOW)).toBeUndefined();
});

test("a token works until it is revoked or its time is over", () => {
  const at = (text: string): never => text as never;
  expect(stateOfToken({}, NOW)).toBe("valid");
  expect(stateOfToken({ expiresAt: at("2026-01-01T00:00:01Z") }, NOW)).toBe("valid");
  expect(stateOfToken({ expiresAt: at("2026-01-01T00:00:00Z") }, NOW)).toBe("expired");
  expect(stateOfToken({ expiresAt: at("2027-01-01T00:00:00Z"), revokedAt: at("2025-01-01T00:00:00Z") }, NOW)).toBe(
    "revoked",
  );
});
