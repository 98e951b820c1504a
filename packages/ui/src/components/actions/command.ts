import type { InputOf, previewCommand } from "@millrace/api";

/** A command as the server takes it. */
export type Command = InputOf<typeof previewCommand>["body"]["command"];
