import { MillraceError } from "@millrace/core";

/** One series of an answer and its value. */
export interface QuerySample {
  readonly labels: Readonly<Record<string, string>>;
  /** `NaN`, `Infinity` and `-Infinity` are numbers here, and stand as texts in JSON. */
  readonly value: number;
  /** Seconds since 1970. */
  readonly at: number;
}

/** What an expression came to. A scalar is one sample without labels. */
export interface QueryResult {
  readonly kind: "vector" | "scalar";
  readonly samples: readonly QuerySample[];
  readonly warnings: readonly string[];
}

type Pair = readonly [number, string];

interface Answer {
  readonly status: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
  readonly warnings?: readonly string[];
}

/** Reads what `/api/v1/query` answers. @throws MillraceError TASK_FAILED for a range or a text, or what is no answer of Prometheus */
export function readQueryAnswer(text: string, asked: string): QueryResult {
  const { data, warnings = [] } = parse(text, asked);
  switch (data?.resultType) {
    case "vector": {
      const series = data.result as readonly { readonly metric: Record<string, string>; readonly value: Pair }[];
      return { kind: "vector", samples: series.map(({ metric, value }) => sampleOf(metric, value)), warnings };
    }
    case "scalar":
      return { kind: "scalar", samples: [sampleOf({}, data.result as Pair)], warnings };
    default:
      throw new MillraceError(
        "TASK_FAILED",
        `${asked}: the expression gives a ${data?.resultType ?? "nothing"}; only an instant vector or a scalar can be used`,
      );
  }
}

function parse(text: string, asked: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch (error) {
    throw new MillraceError("TASK_FAILED", `${asked}: the answer is no JSON. Is there a Prometheus server?`, {
      cause: error,
    });
  }
}

const WORDS: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity, NaN };

function sampleOf(labels: Readonly<Record<string, string>>, [at, value]: Pair): QuerySample {
  return { labels, value: WORDS[value] ?? Number(value), at };
}
