import { MillraceError } from "@millrace/core";
import { randomPassword } from "@millrace/server/access";
import type { Terminal } from "./terminal.ts";

/** Options of commands that set a password. */
export interface PasswordOptions {
  readonly password?: string;
  readonly useRandomPassword?: true;
}

/** A password that was given, or one that is made and has to be shown. */
export interface ChosenPassword {
  readonly password: string;
  /** Of a random one, to be printed once. */
  readonly shown?: string;
}

/** @throws MillraceError BAD_ARGUMENT unless the options say one password */
export async function choosePassword(
  terminal: Terminal,
  { password, useRandomPassword }: PasswordOptions,
): Promise<ChosenPassword> {
  if ((password === undefined) === (useRandomPassword === undefined))
    throw new MillraceError("BAD_ARGUMENT", "say which password", {
      details: {
        hint: "Use --use-random-password, which is printed once, or --password - and write it to standard input.",
      },
    });
  if (useRandomPassword) {
    const shown = randomPassword();
    return { password: shown, shown };
  }
  const given = password === "-" ? (await terminal.readInput()).replace(/\r?\n$/, "") : (password ?? "");
  if (given === "") throw new MillraceError("BAD_ARGUMENT", "the password is empty");
  return { password: given };
}
