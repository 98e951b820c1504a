import type { FirstLogin } from "../system/ensure-first-user.ts";
import type { Terminal } from "./terminal.ts";

/** Says, once, how to log in as the user that was made because there was none. */
export function tellFirstLogin(terminal: Terminal, { username, password }: FirstLogin): void {
  const { bold } = terminal.paint;
  terminal.print(`Log in as ${bold(username)} with the password ${bold(password)}: it is shown only now.`);
  terminal.print(
    `The first login asks for one of your own; \`${terminal.program} users reset-password -u ${username}\` sets one from here, and auth.adminPassword beforehand.`,
  );
}
