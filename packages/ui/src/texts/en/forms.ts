/** Forms that are made from a JSON Schema. */
export const forms = {
  nothing: "nothing",
  between: (min: number, max: number) => `${min.toLocaleString("en")} to ${max.toLocaleString("en")}`,
  atLeast: (min: number) => `${min.toLocaleString("en")} or more`,
  atMost: (max: number) => `${max.toLocaleString("en")} or less`,
  lines: "one a line",
  json: "JSON",
} as const;
