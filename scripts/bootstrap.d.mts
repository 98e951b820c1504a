interface LockEntry {
  readonly version?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

interface Lockfile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string | undefined;
}

export function isAtLeast(version: string, floor: readonly [major: number, minor: number]): boolean;
export function whyStale(wanted: Lockfile, installed: Lockfile, platform: Platform): string | undefined;
