import { resolve } from "node:path";
import type { FoundFile, MetricSnapshot, ParseRequests } from "@millrace/core";
import { createClock } from "../clock.ts";
import { ProcessorMeter } from "../metrics/processor-meter.ts";
import type { EngineLog } from "../scheduler/tick-state.ts";
import type { DagFile } from "./dag-file.ts";
import { makeLoaders, openCache, type LoadOptions } from "./make-loaders.ts";
import type { LateFile } from "./read-dag-files.ts";
import { keepClaims, scanFolders, type Scan, type ScanTools } from "./scan.ts";
import { SchedulesFile, type SchedulesSource } from "./schedules-file.ts";
import { serveParseRequests } from "./serve-parse-requests.ts";
import { hasDags, withLimitsFor } from "./wanted-dags.ts";
import { watchFolders, type FolderWatch } from "./watch-folders.ts";

/** Files are looked at again this often where file events fail, and for what has no events (packages, timetables). */
const RESCAN_MS = 30_000;
/** A custom timetable is asked again when it has fewer times ahead. */
const FEW_TIMES = 10;

/** A DAG as it was saved. */
export interface SavedDag {
  readonly dagId: string;
  readonly version: number;
  readonly isNew: boolean;
}

/** What a DAG processor is made with. */
export interface DagProcessorOptions extends LoadOptions {
  /** DAG folders; of two files with one DAG id the one in the earlier folder wins. */
  readonly folders: readonly string[];
  /** Remembers files. `complete` = these are all files there are. When it throws, the same files are offered again with the next look. */
  readonly save: (files: readonly FoundFile[], options: { readonly complete: boolean }) => Promise<readonly SavedDag[]>;
  readonly log: EngineLog;
  /** Progress of a scan, in files. */
  readonly onScan?: (done: number, total: number) => void;
  /** Hears of files that take long to load, once each. */
  readonly onSlow?: (file: string) => void;
  /** The DAGs that {@link DagProcessor.scanOnce} is to find: it then does not wait for slow files that are not needed for it. Default: all there are. */
  readonly dagIds?: readonly string[];
  /** A file with schedules that DAGs have instead of their own. */
  readonly schedules?: SchedulesSource;
  /** Wishes that files be read again, which it serves from its start on. Default: nobody has any. */
  readonly requests?: ParseRequests;
  /** How often all files are looked at without an event. Default 30 s. */
  readonly rescanMs?: number;
}

/** Keeps the store's DAGs the same as the files in the DAG folders. User code runs in child processes only. */
export interface DagProcessor {
  /** Reads and saves everything, then watches. Resolves when the first scan is saved; files that take long to load follow later. */
  start(): Promise<void>;
  /** Resolves when no file is being loaded any more and all are saved. */
  settle(): Promise<void>;
  /** Looks at every file now and saves them all; with `dagIds`, as many as are needed to find those. */
  scanOnce(): Promise<readonly SavedDag[]>;
  /** Stops watching; a scan that runs is waited for. */
  stop(): Promise<void>;
  /** What it has counted since it was made. */
  metrics(): MetricSnapshot;
}

/** Makes a DAG processor; it does nothing until it is started. */
export function createDagProcessor(options: DagProcessorOptions): DagProcessor {
  const processor = new Processor(options);
  return {
    start: () => processor.start(),
    settle: () => processor.settle(),
    scanOnce: () => processor.scanOnce(),
    stop: () => processor.stop(),
    metrics: () => processor.metrics(),
  };
}

class Processor {
  readonly #options: DagProcessorOptions;
  readonly #tools: ScanTools;
  readonly #clock = createClock();
  readonly #schedules: SchedulesFile | undefined;
  #files: ReadonlyMap<string, DagFile> = new Map();
  /** What the store has, by file. */
  #saved: ReadonlyMap<string, FoundFile> = new Map();
  /** Files that are still being loaded. */
  #late: ReadonlyMap<string, LateFile> = new Map();
  /** Late ones that are loaded now, for the next look. */
  #arrived: (readonly [LateFile, DagFile])[] = [];
  /** True when the store has been told that these are all files there are. */
  #isComplete = false;
  #lockfiles: ReadonlySet<string> = new Set();
  #watch: FolderWatch | undefined;
  #rescan: NodeJS.Timeout | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #stopServing: (() => Promise<void>) | undefined;
  readonly #meter = new ProcessorMeter();

  constructor(options: DagProcessorOptions) {
    this.#options = options;
    const { onScan, schedules } = options;
    this.#schedules = schedules && new SchedulesFile(schedules, options.dataFolder);
    const loaders = makeLoaders(withLimitsFor(options.dagIds, options));
    const folders = options.folders.map((folder) => resolve(folder));
    this.#tools = {
      folders,
      loaders,
      cache: openCache(options),
      ...(onScan && { onScan }),
      onLoad: (ms) => this.#meter.loaded(ms),
    };
  }

  metrics(): MetricSnapshot {
    return this.#meter.snapshot();
  }

  async start(): Promise<void> {
    await this.#scanAll();
    if (this.#stopped) return;
    this.#watch = watchFolders(this.#tools.folders, {
      onChange: (paths) => void this.#look(paths),
      onFailure: (error) =>
        this.#options.log.warn(
          { error: String(error), rescanMs: this.#options.rescanMs ?? RESCAN_MS },
          "file events failed",
        ),
    });
    this.#watchInputs();
    this.#tools.loaders.renew();
    // What changed between the scan and here had no event.
    void this.#watch.ready.then(() => this.#look(new Set()));
    this.#armRescan();
    const { requests, log } = this.#options;
    if (!requests) return;
    const stopServing = await serveParseRequests({ requests, log, reread: (files) => this.#reread(files) });
    if (this.#stopped) await stopServing();
    else this.#stopServing = stopServing;
  }

  async settle(): Promise<void> {
    while (this.#late.size > 0 && !this.#stopped) {
      await Promise.allSettled([...this.#late.values()].map(({ read }) => read));
      await this.#queue;
    }
  }

  async scanOnce(): Promise<readonly SavedDag[]> {
    let saved = await this.#scanAll();
    while (this.#late.size > 0 && !this.#stopped && !this.#hasWanted()) {
      await Promise.race([...this.#late.values()].map(({ read }) => read.catch(() => undefined)));
      saved = await this.#scanAll();
    }
    return saved;
  }

  #hasWanted(): boolean {
    return hasDags([...this.#saved.values()], this.#options.dagIds);
  }

  async #scanAll(): Promise<readonly SavedDag[]> {
    return await this.#alone(async () => {
      this.#absorb();
      const startedAtMs = this.#clock.monotonicMs();
      const scan = await scanFolders(this.#tools, { known: this.#files, late: this.#late });
      this.#take(scan);
      // What is not loaded yet may be a DAG that the store has.
      const complete = scan.late.size === 0;
      const found = await this.#scheduled(scan);
      const saved = await this.#options.save(found, { complete });
      this.#isComplete ||= complete;
      this.#saved = new Map(found.map((file) => [file.file, file]));
      this.#tell(found, saved);
      this.#count(startedAtMs, scan);
      this.#lockfiles = scan.lockfiles;
      void this.#alone(() => this.#remember(scan));
      return saved;
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#rescan);
    const stopServing = this.#stopServing;
    this.#stopServing = undefined;
    await stopServing?.();
    await this.#watch?.close();
    this.#tools.loaders.close();
    await this.#queue.catch(() => undefined);
    this.#tools.loaders.close();
  }

  /** Looks for what changed and saves that alone. Never throws. */
  async #look(paths: ReadonlySet<string>, isRescan = false): Promise<void> {
    await this.#alone(() => this.#lookNow({ paths, isRescan })).catch((error: unknown) =>
      this.#options.log.error({ error: String(error) }, "scan failed"),
    );
  }

  /** Reads files again and saves them, changed or not. @returns those of them that there are */
  async #reread(asked: ReadonlySet<string>): Promise<readonly string[]> {
    return await this.#alone(async () => {
      await this.#lookNow({ paths: new Set(), isRescan: false, asked });
      return [...asked].filter((file) => !this.#stopped && this.#saved.has(file));
    });
  }

  async #lookNow({ paths, isRescan, asked }: Look): Promise<void> {
    if (this.#stopped) return;
    const startedAtMs = this.#clock.monotonicMs();
    this.#absorb();
    const isStale = (read: DagFile): boolean =>
      asked?.has(read.file) === true ||
      read.inputs.some(({ path }) => paths.has(path)) ||
      mayWorkNow(read, { isRescan, paths }) ||
      this.#isOutOfTimes(read);
    const scan = await scanFolders(
      { ...this.#tools, onScan: () => undefined },
      { known: this.#files, late: this.#late, isStale },
    );
    this.#take(scan);
    const found = await this.#scheduled(scan);
    const present = new Set(found.map(({ file }) => file));
    const changed = found.filter(
      (file) =>
        asked?.has(file.file) === true ||
        (file !== this.#saved.get(file.file) && !isSame(file, this.#saved.get(file.file))),
    );
    const gone = [...this.#saved.keys()]
      .filter((file) => !present.has(file))
      .map((file): FoundFile => ({ file, dags: [], errors: [] }));
    const complete = !this.#isComplete && scan.late.size === 0;
    if (complete || changed.length + gone.length > 0) {
      const files = complete ? found : [...gone, ...changed];
      const saved = await this.#options.save(files, { complete });
      this.#isComplete ||= complete;
      this.#saved = new Map(found.map((file) => [file.file, file]));
      this.#tell(changed, saved);
      this.#tools.loaders.renew();
    }
    this.#count(startedAtMs, scan);
    this.#lockfiles = scan.lockfiles;
    this.#watchInputs();
    void this.#alone(() => this.#remember(scan));
  }

  async #scheduled({ found, late }: Scan): Promise<readonly FoundFile[]> {
    return (await this.#schedules?.apply({ found, isComplete: late.size === 0 })) ?? found;
  }

  /** From here on the files are as a scan has found them. */
  #take({ files, late }: Scan): void {
    const before = this.#late;
    this.#files = files;
    this.#late = late;
    for (const [file, each] of late) {
      if (before.get(file) === each) continue;
      this.#options.log.warn({ file }, "dag file takes long to load; the others go on without it");
      this.#options.onSlow?.(file);
      each.read.then(
        (read) => {
          this.#arrived.push([each, read]);
          void this.#look(new Set());
        },
        (error: unknown) => {
          this.#options.log.error({ file, error: String(error) }, "dag file cannot be loaded now");
          this.#forgetLate(file, each);
        },
      );
    }
  }

  /** Late files that have been loaded become known, unless they have changed meanwhile. */
  #absorb(): void {
    for (const [late, read] of this.#arrived.splice(0)) {
      if (!this.#forgetLate(late.file, late)) continue;
      this.#files = new Map(this.#files).set(late.file, keepClaims(read, this.#files.get(late.file)));
      void this.#alone(async () => this.#tools.cache?.keep(read));
    }
  }

  #forgetLate(file: string, late: LateFile): boolean {
    if (this.#late.get(file) !== late) return false;
    this.#late = new Map([...this.#late].filter(([each]) => each !== file));
    return true;
  }

  /** After the save: nobody waits for the cache. */
  async #remember({ read, files }: Scan): Promise<void> {
    const { cache } = this.#tools;
    for (const each of read) await cache?.keep(each);
    await cache?.prune(new Set(files.keys()));
  }

  #count(startedAtMs: number, { found, late }: Scan): void {
    const broken = found.filter(({ errors }) => errors.length > 0).length;
    this.#meter.scanned(this.#clock.monotonicMs() - startedAtMs, {
      good: found.length - broken,
      broken,
      loading: late.size,
    });
  }

  #isOutOfTimes({ found }: DagFile): boolean {
    return found.dags.some(({ customTimes }) => {
      if (customTimes === undefined || customTimes.length < FEW_TIMES) return false;
      return customTimes[customTimes.length - FEW_TIMES].runAfter <= this.#clock.now();
    });
  }

  #watchInputs(): void {
    this.#watch?.add([
      ...this.#lockfiles,
      ...(this.#schedules ? [this.#schedules.path] : []),
      ...[...this.#files.values(), ...this.#late.values()].flatMap((file) => file.inputs.map((input) => input.path)),
    ]);
  }

  #armRescan(): void {
    this.#rescan = setTimeout(() => {
      void this.#look(new Set(), true).then(() => {
        if (!this.#stopped) this.#armRescan();
      });
    }, this.#options.rescanMs ?? RESCAN_MS);
    this.#rescan.unref();
  }

  #tell(files: readonly FoundFile[], saved: readonly SavedDag[]): void {
    const { log } = this.#options;
    for (const { dagId, version, isNew } of saved) if (isNew) log.info({ dagId, version }, "dag version saved");
    for (const { file, dags, pages = [], errors } of files) {
      for (const { message, line } of errors)
        log.warn({ file, message, ...(line !== undefined && { line }) }, "import error");
      if (dags.length + pages.length + errors.length === 0) log.warn({ file }, "file exports no dag");
    }
  }

  /** One scan at a time, in the order asked for. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** Why the files are looked at. */
interface Look {
  /** What changed. */
  readonly paths: ReadonlySet<string>;
  readonly isRescan: boolean;
  /** Files to be read again whether or not they changed. */
  readonly asked?: ReadonlySet<string>;
}

/** A file that does not compile or lacks a package may work after a change elsewhere: another file, or an installation. */
function mayWorkNow(
  { found }: DagFile,
  now: { readonly isRescan: boolean; readonly paths: ReadonlySet<string> },
): boolean {
  if (found.errors.length === 0) return false;
  return found.bundle === undefined
    ? now.isRescan || now.paths.size > 0
    : now.isRescan && found.errors.some(({ message }) => message.includes("is the package installed"));
}

/** True when saving the file again would change nothing. */
function isSame(a: FoundFile, b: FoundFile | undefined): boolean {
  return (
    b !== undefined &&
    a.bundle?.hash === b.bundle?.hash &&
    JSON.stringify([a.dags, a.pages, a.errors]) === JSON.stringify([b.dags, b.pages, b.errors])
  );
}
