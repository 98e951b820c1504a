import { BlockList, isIP } from "node:net";

/** Networks that are not the public internet: private, loopback, link-local (clouds tell secrets there), shared, multicast, reserved, and those that translate into IPv4. */
const SPECIAL: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const special = listOf(SPECIAL.map(([network, prefix]) => `${network}/${prefix}`));

/** Whether an IP address is on the public internet. Anything that is no address is not. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, "");
  const version = isIP(bare);
  // A block list takes `::ffff:10.0.0.1` for the IPv4 address that it means.
  return version !== 0 && !special.check(bare, version === 4 ? "ipv4" : "ipv6");
}

/** Hosts that are allowed whatever their address: names, `*.example.com`, addresses and networks like `10.1.0.0/16`. */
export interface AllowedHosts {
  hasName(host: string): boolean;
  hasAddress(address: string): boolean;
}

/** Reads a list of allowed hosts. */
export function readAllowedHosts(entries: readonly string[]): AllowedHosts {
  const isNetwork = (entry: string): boolean => isIP(entry.split("/")[0] ?? "") !== 0;
  const names = entries.filter((entry) => !isNetwork(entry)).map((entry) => entry.toLowerCase());
  const networks = listOf(entries.filter(isNetwork));
  return {
    hasName: (host) => {
      const name = host.toLowerCase().replace(/\.$/, "");
      return names.some((entry) => (entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : name === entry));
    },
    hasAddress: (address) => {
      const version = isIP(address);
      return version !== 0 && networks.check(address, version === 4 ? "ipv4" : "ipv6");
    },
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const version = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) list.addAddress(address, version);
    else list.addSubnet(address, Number(prefix), version);
  }
  return list;
}
