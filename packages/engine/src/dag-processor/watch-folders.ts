import { relative, sep } from "node:path";
import { watch } from "chokidar";
import { isNeverRead } from "./discover-files.ts";

/** Events of one save (write, rename, chmod) come together. */
const DEBOUNCE_MS = 30;

/** Watches folders, and single files elsewhere. */
export interface FolderWatch {
  /** Resolves when every change from now on is seen. */
  readonly ready: Promise<void>;
  /** Watches more files, of which some may be watched already. */
  add(files: Iterable<string>): void;
  close(): Promise<void>;
}

/** What is told of a watch. */
export interface WatchListener {
  /** Absolute paths of what was added, changed or removed. */
  readonly onChange: (paths: ReadonlySet<string>) => void;
  /** File events do not work here (a network disk, too many watches): only looking again helps. */
  readonly onFailure: (error: unknown) => void;
}

/** Starts to watch. node_modules, .git, dist and the data folder are left alone. */
export function watchFolders(folders: readonly string[], listener: WatchListener): FolderWatch {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    const paths = new Set(changed);
    changed.clear();
    listener.onChange(paths);
  };
  const isIgnored = (path: string): boolean =>
    folders.some((folder) => {
      const below = relative(folder, path);
      return below !== "" && !below.startsWith("..") && below.split(sep).some(isNeverRead);
    });
  const watcher = watch([...folders], { ignoreInitial: true, ignored: isIgnored, persistent: true });
  watcher.on("all", (_, path) => {
    changed.add(path);
    timer ??= setTimeout(flush, DEBOUNCE_MS);
  });
  watcher.on("error", listener.onFailure);
  const watched = new Set<string>();
  return {
    ready: new Promise((resolve) => watcher.once("ready", () => resolve())),
    add(files) {
      const more = [...files].filter((file) => !watched.has(file) && !isBelow(file, folders));
      for (const file of more) watched.add(file);
      if (more.length > 0) watcher.add(more);
    },
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

function isBelow(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => !relative(folder, file).startsWith(".."));
}
