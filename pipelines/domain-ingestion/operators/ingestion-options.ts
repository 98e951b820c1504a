/** Where the service may run. */
export const EXECUTION_MODES = ["subprocess", "docker"] as const;

/** Options of `ingestion`. */
export interface IngestionOptions {
  /** Folder of the pipeline: the service lies in it, and relative configuration paths start there. */
  readonly pipelineFolder: string;
  /** One source of the configuration; null = all. */
  readonly sourceName?: string | null;
  /** From the pipeline's folder, in docker mode from that of the image. */
  readonly configPath: string;
  /** Event log: brokers, `connection:<id>` or `file:<folder>`; a container has the folder mounted at the same path. */
  readonly kafkaServers: string;
  /** Default subprocess. */
  readonly executionMode?: (typeof EXECUTION_MODES)[number];
  /** Default `thread-protection-ingestion:latest`. */
  readonly dockerImage?: string;
  /** Id of a connection of the type docker, by whose engine containers are run. Default: the docker CLI, and without it a subprocess. */
  readonly dockerConnection?: string;
  /** Network of the container. Default `pipeline-network`. */
  readonly dockerNetwork?: string;
}
