/** What was at hand when an error happened: names, addresses, counts; never secrets. */
export type ErrorContext = Readonly<Record<string, unknown>>;

/** An error of the ingestion that is not a bug: its sentence, its `context`, and the original error as `cause`. */
export abstract class PipelineError extends Error {
  readonly context: ErrorContext;

  constructor(message: string, context: ErrorContext = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.context = context;
  }
}

/** A source could not be fetched in all its attempts. */
export class FetchError extends PipelineError {
  override readonly name = "FetchError";
}

/** The content of a source cannot be read as its format. */
export class ParseError extends PipelineError {
  override readonly name = "ParseError";
}

/** An event or row is not what its step needs. Entries of a list that are not valid are counted instead. */
export class ValidationError extends PipelineError {
  override readonly name = "ValidationError";
}

/** The event log cannot be opened, read or written. */
export class KafkaPublishError extends PipelineError {
  override readonly name = "KafkaPublishError";
}

/** The configuration or an option is missing or wrong. */
export class ConfigurationError extends PipelineError {
  override readonly name = "ConfigurationError";
}

/** A table of the lake cannot be opened, read or written. */
export class LakeError extends PipelineError {
  override readonly name = "LakeError";
}
