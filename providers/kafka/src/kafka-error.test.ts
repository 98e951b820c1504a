import { MillraceError, Permanent } from "@millrace/core";
import { expect, test } from "vitest";
import { answerName, kafkaError } from "./kafka-error.ts";

const asked = { what: "write to orders", settings: { servers: "a:9092", user: "ada" } };
const thrown = (fields: object, message = "it failed"): Error => Object.assign(new Error(message), fields);
const wrapped = (inner: Error): Error =>
  Object.assign(new AggregateError([new Error("outer", { cause: inner })], "both failed"), {
    code: "PLT_KFK_MULTIPLE",
  });

test("an answer that another try cannot change is permanent, however deep it lies", () => {
  const error = kafkaError(wrapped(thrown({ apiId: "MESSAGE_TOO_LARGE", serverErrorMessage: "12 > 10" })), asked);
  expect(error).toBeInstanceOf(Permanent);
  expect(error.message).toContain("Kafka at a:9092 was asked by ada to write to orders: a message is larger");
  expect(error.message).toContain("(12 > 10)");
  expect(answerName(error)).toBe("MESSAGE_TOO_LARGE");
});

test("a broker that is not ready yet may be asked again", () => {
  const error = kafkaError(thrown({ apiId: "COORDINATOR_NOT_AVAILABLE", canRetry: true }), asked);
  expect(error).toMatchObject({ code: "UNREACHABLE" });
});

test("no connection, no answer and all else have codes of their own", () => {
  expect(kafkaError(wrapped(thrown({ code: "PLT_KFK_NETWORK" }, "refused")), asked)).toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringContaining("refused") as string,
  });
  expect(kafkaError(thrown({ code: "PLT_KFK_TIMEOUT" }), asked)).toMatchObject({ code: "TIMEOUT" });
  expect(kafkaError(thrown({}), asked)).toMatchObject({ code: "TASK_FAILED" });
  expect(kafkaError("text", asked)).toMatchObject({ code: "TASK_FAILED" });
});

test("a broker that hangs up may want another protocol", () => {
  const error = kafkaError(thrown({ code: "PLT_KFK_NETWORK" }, "Connection closed"), asked);
  expect(error.message).toContain("security_protocol");
});

test("a login that is refused, and a topic that the client knows nothing of, are permanent", () => {
  expect(kafkaError(wrapped(thrown({ code: "PLT_KFK_AUTHENTICATION" })), asked).message).toContain("login was refused");
  expect(kafkaError(thrown({ code: "PLT_KFK_USER" }, "Unknown topic x."), asked)).toBeInstanceOf(Permanent);
});

test("a login in the middle of which the connection was lost may be tried again", () => {
  const lost = thrown({ code: "PLT_KFK_NETWORK" }, "Connection closed");
  const error = kafkaError(wrapped(thrown({ code: "PLT_KFK_AUTHENTICATION", cause: lost })), asked);
  expect(error).toMatchObject({ code: "UNREACHABLE" });
  const silent = thrown({ code: "PLT_KFK_TIMEOUT" });
  expect(kafkaError(wrapped(thrown({ code: "PLT_KFK_AUTHENTICATION", cause: silent })), asked)).toMatchObject({
    code: "TIMEOUT",
  });
});

test("a certificate that is not taken is permanent, and says what to correct", () => {
  const self = kafkaError(wrapped(thrown({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" })), asked);
  expect(self).toBeInstanceOf(Permanent);
  expect(self.message).toContain("ssl.ca.pem");
  expect(kafkaError(thrown({ code: "ERR_TLS_CERT_ALTNAME_INVALID" }), asked).message).toContain("ssl.server.name");
});

test("what is an error of Millrace already stays as it is", () => {
  const permanent = new Permanent("no");
  const own = new MillraceError("TIMEOUT", "late");
  expect(kafkaError(permanent, asked)).toBe(permanent);
  expect(kafkaError(own, asked)).toBe(own);
});
