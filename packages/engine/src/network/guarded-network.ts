// A host is resolved once, its addresses are judged, and the connection goes to a judged address: a name that answers differently the next time
// (DNS rebinding) gains nothing. Redirects are judged like first requests.
import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { MillraceError, type NetworkRules } from "@millrace/core";
import { isPublicAddress, readAllowedHosts } from "./address-rules.ts";
import { fetchThrough } from "./fetch-through.ts";
import type { Judge, JudgedAddress } from "./judged-address.ts";

/** Where to connect. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** With a certificate for `host`; false = without TLS, `"unverified"` = any certificate. */
  readonly tls: boolean | "unverified";
  readonly signal: AbortSignal;
}

/** The way out, by the rules of the configuration. */
export interface Network {
  /** @throws MillraceError UNREACHABLE for an unknown name, FORBIDDEN_ADDRESS for one that may not be connected to */
  resolve(host: string): Promise<readonly JudgedAddress[]>;
  /** @throws MillraceError UNREACHABLE, FORBIDDEN_ADDRESS; the signal's reason */
  connect(options: ConnectOptions): Promise<Socket>;
  /** As the global one. @throws MillraceError FORBIDDEN_ADDRESS, TypeError as the global one */
  readonly fetch: typeof fetch;
}

/** Resolves a name. Handed in by tests. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const resolveAll: Resolve = (host) => lookup(host, { all: true });

/** Makes the way out. Where nothing is denied, `fetch` is the global one. */
export function createNetwork(rules: NetworkRules, resolve: Resolve = resolveAll): Network {
  const allowed = readAllowedHosts(rules.allowedHosts);
  const mayReach = (host: string, address: string): boolean =>
    rules.privateAddresses === "allow" ||
    isPublicAddress(address) ||
    allowed.hasName(host) ||
    allowed.hasAddress(address);
  const judge: Judge = async (given) => {
    const host = given.replace(/^\[(.*)\]$/, "$1");
    const version = isIP(host);
    const found = version === 0 ? await find(host, resolve) : [{ address: host, family: version }];
    const refused = found.find(({ address }) => !mayReach(host, address));
    // One private address among public ones is enough: which of them is tried is not for the name's owner to choose.
    if (refused !== undefined) throw refusal(host, refused.address);
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  };
  return {
    resolve: judge,
    connect: async (options) => await connectJudged(await judge(options.host), options),
    fetch: rules.privateAddresses === "allow" ? fetch : fetchThrough(judge),
  };
}

async function find(host: string, resolve: Resolve): Promise<Awaited<ReturnType<Resolve>>> {
  try {
    return await resolve(host);
  } catch (cause) {
    const code = (cause as { readonly code?: string }).code ?? "";
    throw new MillraceError("UNREACHABLE", `there is no host ${host} (${code})`, { cause });
  }
}

function refusal(host: string, address: string): MillraceError {
  const name = host === address ? address : `${host} (${address})`;
  return new MillraceError(
    "FORBIDDEN_ADDRESS",
    `${name} is not on the public internet, and security.privateAddresses denies it`,
    {
      details: { hint: "An operator can name it in security.allowedHosts." },
    },
  );
}

async function connectJudged(
  addresses: readonly JudgedAddress[],
  { host, port, tls, signal }: ConnectOptions,
): Promise<Socket> {
  const faults: string[] = [];
  for (const { address, family } of addresses) {
    signal.throwIfAborted();
    const socket = tls
      ? connectTls({
          host: address,
          port,
          rejectUnauthorized: tls === true,
          ...(isIP(host) === 0 && { servername: host }),
        })
      : connectTcp({ host: address, port, family });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    socket.once(tls ? "secureConnect" : "connect", resolve).once("error", reject);
    try {
      await promise;
      // Whoever gets the socket hears of errors; until then they must not end the process.
      socket.on("error", () => undefined);
      return socket;
    } catch (error) {
      socket.on("error", () => undefined).destroy();
      if (signal.aborted) throw error;
      faults.push((error as Error).message);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
  throw new MillraceError("UNREACHABLE", `${host}:${port} cannot be reached: ${faults.join("; ")}`);
}
