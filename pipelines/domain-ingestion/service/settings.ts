import { ConfigurationError } from "../steps/pipeline-errors.ts";

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How sources are fetched over HTTP. */
export interface HttpSettings {
  /** Limit of one attempt, from the request to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  /** Attempts in all, at least 1. */
  readonly attempts: number;
  /** Wait before the second attempt in milliseconds; doubles with each further one. */
  readonly backoffMs: number;
}

/**
 * HTTP settings from `HTTP_TIMEOUT` (seconds, default 30), `HTTP_RETRIES` (attempts, default 3) and `HTTP_BACKOFF`
 * (seconds, default 5).
 *
 * @throws ConfigurationError naming the variable that is no number in its range.
 */
export function httpSettings(environment: Environment): HttpSettings {
  const numberOf = numbersOf(environment);
  return {
    timeoutMs: numberOf("HTTP_TIMEOUT", 30, 0.001) * 1_000,
    attempts: Math.floor(numberOf("HTTP_RETRIES", 3, 1)),
    backoffMs: numberOf("HTTP_BACKOFF", 5, 0) * 1_000,
  };
}

/** How events are sent to Kafka. */
export interface KafkaSettings {
  /** Events of one request at most. */
  readonly batchSize: number;
  /** How long the first event of a batch waits for others at most, in milliseconds. */
  readonly lingerMs: number;
  /** How often a request is repeated. */
  readonly maxRetries: number;
}

/**
 * Settings of the producer from `KAFKA_BATCH_SIZE` (events, default 1000), `KAFKA_LINGER_MS` (default 100) and `KAFKA_MAX_RETRIES` (default 3).
 *
 * @throws ConfigurationError naming the variable that is no number in its range.
 */
export function kafkaSettings(environment: Environment): KafkaSettings {
  const numberOf = numbersOf(environment);
  return {
    batchSize: Math.floor(numberOf("KAFKA_BATCH_SIZE", 1_000, 1)),
    lingerMs: numberOf("KAFKA_LINGER_MS", 100, 0),
    maxRetries: Math.floor(numberOf("KAFKA_MAX_RETRIES", 3, 0)),
  };
}

function numbersOf(environment: Environment) {
  return (name: string, fallback: number, minimum: number): number => {
    const text = environment[name];
    const value = text === undefined || text.trim() === "" ? fallback : Number(text);
    if (Number.isFinite(value) && value >= minimum) return value;
    throw new ConfigurationError(
      `the environment variable ${name} is "${text}"; it must be a number of at least ${minimum}`,
      { name },
    );
  };
}
