const STATUSES = { type: "array", items: { type: "integer", minimum: 100, maximum: 599 } } as const;

/** The options of the operator `http`. */
export const HTTP_SCHEMA = {
  type: "object",
  required: ["url"],
  additionalProperties: false,
  properties: {
    method: { type: "string", pattern: "^[A-Za-z]+$", default: "GET", description: "Any method, for example `POST`." },
    url: {
      anyOf: [{ type: "string" }, { type: "object" }],
      description:
        "Where to; with a connection what comes behind its address. Of a secret one, logs and errors show the host only.",
    },
    connection: {
      anyOf: [{ type: "string", minLength: 1 }, { type: "object" }],
      description:
        "A connection or its id: host (or a whole address), port, schema (`https`), login and password (sent as Basic), and `extra.headers`.",
    },
    headers: { type: "object", description: "Names and values; values may be secrets." },
    query: { type: "object", description: "Added to the URL; a list repeats its name." },
    json: { description: "Sent as JSON. Only one of `json`, `form` and `body`." },
    form: { type: "object", description: "Sent as a form." },
    body: { type: "string", description: "Sent as it is; say its `content-type` in the headers." },
    timeout: { type: "string", default: "1m", description: "For all of it, the body of the answer too." },
    maxBytes: { type: "integer", minimum: 1, default: 10_485_760, description: "Largest body of an answer." },
    acceptStatus: { ...STATUSES, description: "Statuses that are fine. Default all from 200 to 299." },
    permanentStatus: {
      ...STATUSES,
      default: [400, 401, 403, 405, 410, 413, 414, 415, 422],
      description: "Statuses that another try would not change: the task fails at once.",
    },
    redirect: { enum: ["follow", "error"], default: "follow", description: "What to do with redirects." },
    result: {
      enum: ["auto", "json", "text", "none"],
      default: "auto",
      description: "`auto`: JSON when the answer says that it is, otherwise text.",
    },
    check: {
      description: "`(response) => boolean | string`: false or a sentence refuses the answer, and the try fails.",
    },
    filter: {
      description: "`(response) => result`. The response has `status`, `headers`, `url`, `text` and `json()`.",
    },
  },
} as const;
