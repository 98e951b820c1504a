import { Secret, type Connection } from "@millrace/core";
import { expect, test } from "vitest";
import { settingsOf, targetOf } from "./kafka-settings.ts";

const kafka = (over: Partial<Connection> = {}): Connection => ({
  id: "k",
  type: "kafka",
  host: "a",
  extra: {},
  ...over,
});

test("brokers stand in the host or the extra, with ports of their own or that of the connection", () => {
  expect(settingsOf(kafka({ host: "a, b:1,[::1]:2", port: 7 })).brokers).toEqual([
    { host: "a", port: 7 },
    { host: "b", port: 1 },
    { host: "::1", port: 2 },
  ]);
  expect(settingsOf(kafka({ extra: { "bootstrap.servers": "c:3" } })).servers).toBe("c:3");
  expect(settingsOf(kafka()).servers).toBe("a:9092");
});

test("a connection without a broker, or with one that is none, is an error", () => {
  expect(() => settingsOf({ id: "k", type: "kafka", extra: {} })).toThrow("names no broker");
  expect(() => settingsOf(kafka({ host: "a:b" }))).toThrow("is no broker");
});

test("a login means SASL, and the protocol says whether there is TLS", () => {
  const login = { login: "ada", password: new Secret("own") };
  expect(settingsOf(kafka()).client).toEqual({});
  expect(settingsOf(kafka(login)).client).toEqual({ sasl: { mechanism: "PLAIN", username: "ada", password: "own" } });
  const extra = { security_protocol: "sasl_ssl", "sasl.mechanism": "scram-sha-512", "ssl.ca.pem": "PEM" };
  expect(settingsOf(kafka({ ...login, extra }))).toMatchObject({
    user: "ada",
    client: { tls: { ca: "PEM", rejectUnauthorized: true }, sasl: { mechanism: "SCRAM-SHA-512" } },
  });
  expect(settingsOf(kafka({ extra: { security_protocol: "SSL" } })).client.sasl).toBeUndefined();
});

test("certificates, a key and whom they are for reach the client", () => {
  const pem = { "ssl.ca.pem": "CA", "ssl.certificate.pem": "OWN", "ssl.key.pem": "KEY", "ssl.key.password": "pass" };
  const ssl = (extra: object, host = "a"): unknown =>
    settingsOf(kafka({ host, extra: { security_protocol: "SSL", ...extra } })).client;
  expect(ssl(pem)).toEqual({
    tls: { ca: "CA", cert: "OWN", key: "KEY", passphrase: "pass", rejectUnauthorized: true },
    tlsServerName: true,
  });
  expect(ssl({ "ssl.server.name": "b" })).toMatchObject({ tlsServerName: "b" });
  // An address must not be sent as a name.
  expect(ssl({}, "127.0.0.1")).toMatchObject({ tlsServerName: false });
  const unchecked = { "enable.ssl.certificate.verification": "false", "ssl.endpoint.identification.algorithm": "none" };
  expect(ssl(unchecked)).toMatchObject({
    tls: { rejectUnauthorized: false, checkServerIdentity: expect.any(Function) as unknown },
  });
});

test("what the client does not know is an error that names it", () => {
  expect(() => settingsOf(kafka({ extra: { security_protocol: "TLS" } }))).toThrow('security_protocol "TLS"');
  expect(() => settingsOf(kafka({ login: "ada" }))).toThrow("no login and password");
  const extra = { "sasl.mechanism": "GSSAPI" };
  expect(() => settingsOf(kafka({ login: "ada", extra }))).toThrow('sasl.mechanism "GSSAPI"');
});

test("an operator names a connection or servers, not both", () => {
  expect(targetOf({ servers: "a" })).toEqual({ servers: "a" });
  expect(targetOf({ connection: "k" })).toEqual({ connection: "k" });
  expect(() => targetOf({})).toThrow("either a connection or servers");
  expect(() => targetOf({ connection: "k", servers: "a" })).toThrow("either a connection or servers");
});
