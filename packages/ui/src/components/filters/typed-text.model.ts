/** What stands in a field whose text becomes the value of a filter only when the typing rests. */
export interface TypedText {
  /** The value of the filter that the text stands for. */
  readonly value: string;
  /** As it is typed, with blanks at its ends. */
  readonly text: string;
  /** The value that was asked for last: it comes back by the URL, a moment later. */
  readonly asked: string;
}

/** A field that nobody has typed into. */
export function untyped(value: string): TypedText {
  return { value, text: value, asked: value };
}

/** The field beside the filter's value as it is now: what was asked for leaves the text as it is typed; another value, as of going back, takes its place. */
export function besideValue(typed: TypedText, value: string): TypedText {
  if (typed.value === value) return typed;
  return typed.asked === value ? { ...typed, value } : untyped(value);
}
