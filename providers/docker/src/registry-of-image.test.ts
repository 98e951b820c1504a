import { expect, test } from "vitest";
import { hostOfRegistry, registryOfImage } from "./registry-of-image.ts";

test.each([
  ["busybox", "docker.io"],
  ["team/image:1", "docker.io"],
  ["docker.io/library/busybox", "docker.io"],
  ["index.docker.io/team/image", "docker.io"],
  ["localhost/image", "localhost"],
  ["registry:5000/image@sha256:00", "registry:5000"],
  ["ghcr.io/team/image:1", "ghcr.io"],
])("%s comes from %s", (image, registry) => {
  expect(registryOfImage(image)).toBe(registry);
});

test.each([
  ["https://index.docker.io/v1/", "docker.io"],
  ["ghcr.io", "ghcr.io"],
  ["http://127.0.0.1:5000", "127.0.0.1:5000"],
  ["Registry.Example.com/team", "registry.example.com"],
])("the registry at %s is %s", (address, host) => {
  expect(hostOfRegistry(address)).toBe(host);
});
