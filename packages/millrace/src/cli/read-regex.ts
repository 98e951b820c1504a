import { MillraceError } from "@millrace/core";

/** A regular expression from an option, to be found anywhere in a text. @throws MillraceError BAD_ARGUMENT naming the option */
export function readRegex(option: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new MillraceError("BAD_ARGUMENT", `${option} ${text} is no regular expression: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
