import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isPublicAddress, readAllowedHosts } from "./address-rules.ts";
import { createNetwork } from "./guarded-network.ts";

describe("addresses", () => {
  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "fe80::1%eth0",
    "not an address",
  ])("%s is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test("a list of allowed hosts has names, names below one, addresses and networks", () => {
    const allowed = readAllowedHosts(["db.internal", "*.corp.example", "10.1.0.0/16", "::1"]);
    expect(["DB.internal.", "a.b.corp.example"].map((host) => allowed.hasName(host))).toEqual([true, true]);
    expect(["corp.example", "xdb.internal", "evilcorp.example"].some((host) => allowed.hasName(host))).toBe(false);
    expect(["10.1.255.1", "::1"].map((address) => allowed.hasAddress(address))).toEqual([true, true]);
    expect(["10.2.0.1", "::2"].some((address) => allowed.hasAddress(address))).toBe(false);
  });
});

describe("a network that denies private addresses", () => {
  let server: Server;
  let port = 0;
  const seen: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method ?? ""} ${request.headers.host ?? ""}${request.url ?? ""}`);
      if (request.url === "/zip") response.setHeader("content-encoding", "gzip").end(gzipSync("packed"));
      else if (request.url === "/away") response.writeHead(302, { location: `http://169.254.169.254/latest` }).end();
      else if (request.url === "/post") response.writeHead(303, { location: "/zip" }).end();
      else response.end("plain");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  const denied = { privateAddresses: "deny", allowedHosts: [] } as const;

  test("refuses them by number, by name, and where one of several is private", async () => {
    const network = createNetwork(denied, (host) =>
      Promise.resolve([
        { address: "93.184.216.34", family: 4 },
        ...(host === "mixed.example" ? [{ address: "10.0.0.1", family: 4 }] : []),
      ]),
    );
    for (const host of ["127.0.0.1", "[::1]", "::ffff:10.0.0.1", "mixed.example"])
      await expect(network.resolve(host)).rejects.toMatchObject({ code: "FORBIDDEN_ADDRESS" });
    await expect(network.resolve("fine.example")).resolves.toHaveLength(1);
    // URLs write addresses in many ways, which all mean one.
    for (const url of [`http://2130706433:${port}/`, `http://0x7f.1:${port}/`, `http://[::ffff:7f00:1]:${port}/`])
      await expect(network.fetch(url)).rejects.toMatchObject({ code: "FORBIDDEN_ADDRESS" });
    expect(seen).toEqual([]);
  });

  test("connects to the address that was judged, whatever the name says the next time", async () => {
    let asked = 0;
    const network = createNetwork({ ...denied, allowedHosts: ["127.0.0.1"] }, () => {
      asked += 1;
      return Promise.resolve([{ address: asked === 1 ? "127.0.0.1" : "10.9.9.9", family: 4 }]);
    });
    const response = await network.fetch(`http://rebinding.example:${port}/x`);
    expect([await response.text(), response.url]).toEqual(["plain", `http://rebinding.example:${port}/x`]);
    expect(seen.pop()).toBe(`GET rebinding.example:${port}/x`);
    await expect(network.fetch(`http://rebinding.example:${port}/x`)).rejects.toMatchObject({
      code: "FORBIDDEN_ADDRESS",
    });
  });

  test("judges redirects, unpacks answers, and turns a POST that is sent elsewhere into a GET", async () => {
    const network = createNetwork({ ...denied, allowedHosts: ["127.0.0.0/8"] });
    const base = `http://127.0.0.1:${port}`;
    await expect(network.fetch(`${base}/away`)).rejects.toMatchObject({ code: "FORBIDDEN_ADDRESS" });
    expect((await network.fetch(`${base}/away`, { redirect: "manual" })).status).toBe(302);
    await expect(network.fetch(`${base}/away`, { redirect: "error" })).rejects.toThrow(TypeError);
    const response = await network.fetch(`${base}/post`, { method: "POST", body: "x" });
    expect([await response.text(), response.redirected]).toEqual(["packed", true]);
    expect(seen.slice(-2)).toEqual([`POST 127.0.0.1:${port}/post`, `GET 127.0.0.1:${port}/zip`]);
  });

  test("says what failed as fetch does, and stops when it is told to", async () => {
    const network = createNetwork({ ...denied, allowedHosts: ["127.0.0.1"] });
    await expect(network.fetch("http://127.0.0.1:1/")).rejects.toMatchObject({
      name: "TypeError",
      cause: { code: "ECONNREFUSED" },
    });
    await expect(network.fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    const signal = AbortSignal.timeout(5_000);
    await expect(network.connect({ host: "127.0.0.1", port: 1, tls: false, signal })).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
    const socket = await network.connect({ host: "127.0.0.1", port, tls: false, signal });
    socket.destroy();
  });
});
