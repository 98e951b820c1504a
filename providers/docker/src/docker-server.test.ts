import { Secret } from "@millrace/core";
import { expect, test } from "vitest";
import { dockerServerOf } from "./docker-server.ts";

const connection = { id: "engine", type: "docker", extra: {} };

test.each([
  [undefined, "unix:///var/run/docker.sock", { socketPath: "/var/run/docker.sock" }],
  [{ host: "/run/d.sock" }, "unix:///run/d.sock", { socketPath: "/run/d.sock" }],
  [{ host: "docker" }, "tcp://docker:2375", { host: "docker", port: 2375, protocol: "http" }],
  [{ host: "tcp://docker", extra: { tls_ca: "PEM" } }, "tcp://docker:2376", { protocol: "https", ca: "PEM" }],
  [{ host: "tcp://docker:99", port: 98 }, "tcp://docker:98", { port: 98 }],
])("%j leads to %s", (fields, address, options) => {
  const server = dockerServerOf(fields && { ...connection, ...fields });
  expect(server.address).toBe(address);
  expect(server.options).toMatchObject(options);
});

test("login and password are those of a registry", () => {
  const login = { ...connection, login: "ada", password: new Secret("p") };
  expect(dockerServerOf({ ...login, extra: { registry: "registry.example.com" } }).registry).toEqual({
    username: "ada",
    password: "p",
    serveraddress: "registry.example.com",
  });
  expect(() => dockerServerOf({ ...connection, host: "ftp://x" })).toThrow(/neither a socket/);
});
