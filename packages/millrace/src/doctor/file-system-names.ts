/** File systems by the number that `statfs` gives on Linux, as far as they matter here. */
const NAMES: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB",
  0x00c36400: "Ceph",
  0x5346414f: "AFS",
  0x01021997: "9P",
  0x65735546: "FUSE",
  0x0bd00bd0: "Lustre",
  0x01161970: "GFS2",
  0x7461636f: "OCFS2",
  0x01021994: "tmpfs",
  0x858458f6: "ramfs",
  0x794c7630: "overlayfs",
  0xef53: "ext4",
  0x58465342: "XFS",
  0x9123683e: "Btrfs",
  0x2fc12fc1: "ZFS",
  0xf2f52010: "F2FS",
};

const NETWORK = new Set(["NFS", "CIFS", "SMB", "Ceph", "AFS", "9P", "FUSE", "Lustre", "GFS2", "OCFS2"]);
const MEMORY = new Set(["tmpfs", "ramfs"]);

/** What a file system is. */
export interface FileSystem {
  readonly name: string;
  /** `network`: its locks and flushes may not hold what they promise. `memory`: it is gone after a restart of the machine. */
  readonly kind: "local" | "network" | "memory";
}

/** The file system of a number of `statfs`; other systems than Linux number them otherwise. */
export function fileSystemOf(type: number, platform: NodeJS.Platform): FileSystem {
  const name = platform === "linux" ? NAMES[type >>> 0] : undefined;
  if (name === undefined) return { name: "a file system without a known name", kind: "local" };
  return { name, kind: NETWORK.has(name) ? "network" : MEMORY.has(name) ? "memory" : "local" };
}
