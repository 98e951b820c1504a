import { isMillraceError, MillraceError, readSignal } from "@millrace/core";
import { expect, test } from "vitest";
import { s3Error } from "./s3-error.ts";

const failure = (name: string, more: object = {}): Error => Object.assign(new Error("said so"), { name, ...more });
const kindOf = (error: unknown): string => {
  const found = s3Error("to list s3://lake", error);
  return readSignal(found)?.kind ?? (isMillraceError(found) ? found.code : "itself");
};

test("what another try cannot change is permanent", () => {
  for (const name of ["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket", "NoSuchKey"])
    expect(kindOf(failure(name))).toBe("permanent");
  for (const httpStatusCode of [400, 401, 403, 404, 412])
    expect(kindOf(failure("Unknown", { $metadata: { httpStatusCode } }))).toBe("permanent");
});

test("a server that names seconds is believed", () => {
  const error = failure("SlowDown", {
    $metadata: { httpStatusCode: 503 },
    $response: { headers: { "retry-after": "7" } },
  });
  expect(readSignal(s3Error("to list", error))).toMatchObject({ kind: "retryAfter", after: "7s" });
});

test("slowness is TIMEOUT, the rest UNREACHABLE, and the sentence says what was asked and why", () => {
  expect(kindOf(failure("TimeoutError"))).toBe("TIMEOUT");
  for (const httpStatusCode of [408, 409, 429, 500, 503])
    expect(kindOf(failure("SlowDown", { $metadata: { httpStatusCode } }))).toBe("UNREACHABLE");
  expect(s3Error("to list s3://lake", failure("ECONNREFUSED"))).toMatchObject({
    message:
      "S3 did not answer when asked to list s3://lake: ECONNREFUSED: said so. Is the server running, and the address right?",
  });
});

test("what has its meaning already, and the end of a try, stay as they are", () => {
  const known = new MillraceError("TOO_LARGE", "too large");
  expect(s3Error("to list", known)).toBe(known);
  expect(kindOf(failure("AbortError"))).toBe("itself");
});
