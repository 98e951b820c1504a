import { MillraceError } from "@millrace/core";

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Which metrics of a Pushgateway belong together: a job, and labels that tell its instances apart. */
export interface PushGroup {
  readonly job: string;
  /** In this order in the address; `{ instance: "worker-1", dag_id: "orders" }`. */
  readonly grouping?: Readonly<Record<string, string>>;
}

/**
 * The path of a group, `/metrics/job/<job>/<name>/<value>…`. A value that is empty or has a slash travels as base64, as the Pushgateway asks for.
 *
 * @throws MillraceError BAD_ARGUMENT without a job, for a label that is none, and for `job` among the labels
 */
export function groupPath({ job, grouping = {} }: PushGroup): string {
  if (job === "") throw new MillraceError("BAD_ARGUMENT", "job is empty: name the job that pushes");
  const parts = Object.entries(grouping).map(([name, value]) => {
    if (!LABEL.test(name) || name === "job")
      throw new MillraceError("BAD_ARGUMENT", `grouping has the label "${name}", which is no name of one`);
    return pathPart(name, value);
  });
  return ["/metrics", pathPart("job", job), ...parts].join("/");
}

/** The Go server unescapes before it splits, so that an escaped slash, or a dot alone, would not come through. */
function pathPart(name: string, value: string): string {
  if (value !== "" && value !== "." && value !== ".." && !value.includes("/"))
    return `${name}/${encodeURIComponent(value)}`;
  // An empty text has no base64; a lone padding stands for it.
  return `${name}@base64/${value === "" ? "=" : Buffer.from(value).toString("base64url")}`;
}
