const HUB = "docker.io";
const HUB_NAMES: ReadonlySet<string> = new Set([
  HUB,
  "index.docker.io",
  "registry-1.docker.io",
  "registry.hub.docker.com",
]);

/** The registry that an image comes from, as its name says: `registry.example.com:5000/team/image:1` has one, `busybox` and `team/image` are of Docker's own. */
export function registryOfImage(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost ? hubOr(first) : HUB;
}

/** The host of a registry's address, which may be whole (`https://index.docker.io/v1/`). */
export function hostOfRegistry(address: string): string {
  return hubOr(address.replace(/^https?:\/\//i, "").replace(/\/.*$/, ""));
}

function hubOr(host: string): string {
  const name = host.toLowerCase();
  return HUB_NAMES.has(name) ? HUB : name;
}
