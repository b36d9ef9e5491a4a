/** PostgreSQL's own settings, by name. They are given on the command line, where nothing edited can undo them. */
export type Settings = Readonly<Record<string, string>>;

/** What an answered comment rests on: it is on the disk before the answer. Only tests turn these off. */
const DURABILITY: Settings = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };

/** For a small machine that others use too: little memory and few processes when idle. */
const SIZE: Settings = {
  max_connections: "60",
  shared_buffers: "128MB",
  effective_cache_size: "512MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  huge_pages: "off",
  io_method: "sync",
  max_worker_processes: "4",
  max_parallel_workers_per_gather: "0",
  max_logical_replication_workers: "0",
  jit: "off",
  random_page_cost: "1.1",
};

/** Nothing replicates from an embedded server; fewer checkpoints mean fewer whole pages in the log. */
const WRITE_AHEAD_LOG: Settings = {
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "1GB",
  checkpoint_timeout: "15min",
};

/** No statement, parameter or key value may reach the log: they hold readers' addresses. */
const LOG: Settings = {
  logging_collector: "off",
  log_destination: "stderr",
  log_line_prefix: "%m [%p] ",
  log_timezone: "UTC",
  log_checkpoints: "off",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
};

const SESSIONS: Settings = {
  cluster_name: "parley",
  timezone: "UTC",
  lc_messages: "C",
  // A query of a client that was killed must not keep its locks. (Windows cannot tell.)
  ...(process.platform !== "win32" && { client_connection_check_interval: "5s" }),
};

export const POSTGRES_SETTINGS: Settings = {
  ...DURABILITY,
  ...SIZE,
  ...WRITE_AHEAD_LOG,
  ...LOG,
  ...SESSIONS,
};
