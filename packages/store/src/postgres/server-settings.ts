/** What the settings depend on. */
export interface ServerSettingsOptions {
  /** Major version of the server: newer ones know more settings. */
  readonly major: number;
  readonly socketFolder: string;
  readonly maxConnections: number;
  /** False only for throw-away test servers: a power failure may then destroy the data. */
  readonly durable: boolean;
}

/**
 * The settings of the embedded server: small, durable, quick to start. They are given on the command line, so that an upgrade of Millrace
 * changes them for existing folders too.
 */
export function serverSettings(options: ServerSettingsOptions): Readonly<Record<string, string>> {
  return {
    ...reachability(options),
    ...durability(options.durable),
    ...SPEED,
    ...processes(options.major),
    ...HOUSEKEEPING,
    ...LOGGING,
  };
}

function reachability(options: ServerSettingsOptions): Record<string, string> {
  return {
    // No TCP at all: who may enter the 0700 folder of the socket may connect, nobody else.
    listen_addresses: "",
    unix_socket_directories: options.socketFolder,
    unix_socket_permissions: "0700",
    port: "5432",
    max_connections: String(options.maxConnections),
    // Sessions that died in the middle of a transaction (a stopped laptop, a debugger) must not hold back vacuum.
    idle_in_transaction_session_timeout: "60s",
  };
}

function durability(durable: boolean): Record<string, string> {
  return {
    fsync: durable ? "on" : "off",
    full_page_writes: durable ? "on" : "off",
    synchronous_commit: durable ? "on" : "off",
    // The default of macOS leaves commits in the cache of the disk.
    ...(durable && process.platform === "darwin" ? { wal_sync_method: "fsync_writethrough" } : {}),
    // Nobody replicates from this server: less WAL, and no processes for it.
    wal_level: "minimal",
    max_wal_senders: "0",
    // Fewer checkpoints mean fewer full pages in the WAL; 2 GB are replayed in well under a minute after a crash.
    max_wal_size: "2GB",
    min_wal_size: "128MB",
    checkpoint_timeout: "15min",
    // The package is built without lz4, and pglz costs more than it saves: copying a database of 7 MB took 230 ms with it, 50 ms without.
    wal_compression: "off",
  };
}

const SPEED = {
  // Reserved, not used: pages count as memory when they are first touched.
  shared_buffers: "128MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  // Folders are on SSDs; the default of 4 makes the planner shy of indexes.
  random_page_cost: "1.1",
  // Our statements take microseconds: compiling or splitting them costs more than it can save.
  jit: "off",
  max_parallel_workers_per_gather: "0",
} as const;

function processes(major: number): Record<string, string> {
  return {
    // No process that waits for work that never comes: a quicker start and less memory.
    max_worker_processes: "2",
    max_logical_replication_workers: "0",
    ...(major >= 18 ? { io_method: "sync" } : {}),
  };
}

const HOUSEKEEPING = {
  // Task instances are updated three times each: vacuum early and often in small steps, so that dead rows are reused instead of growing the table.
  autovacuum_naptime: "15s",
  autovacuum_vacuum_scale_factor: "0.05",
  autovacuum_vacuum_insert_scale_factor: "0.1",
  autovacuum_analyze_scale_factor: "0.05",
  autovacuum_vacuum_cost_limit: "1000",
  autovacuum_max_workers: "2",
} as const;

const LOGGING = {
  // To stderr, which is the log file of the folder: it outlives the process that started the server.
  logging_collector: "off",
  log_destination: "stderr",
  log_min_messages: "warning",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] %a ",
  log_timezone: "UTC",
  timezone: "UTC",
  datestyle: "ISO, YMD",
  // Failing statements may carry values of users.
  log_min_error_statement: "panic",
} as const;
