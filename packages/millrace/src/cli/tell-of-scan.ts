import { shortPath } from "./banner.ts";
import type { CommandContext } from "./make-command.ts";

/** Says on stderr how far the reading of DAG files is, and which of them take long. */
export function tellOfScan({ config, terminal }: Pick<CommandContext, "config" | "terminal">): {
  readonly onScan: (done: number, total: number) => void;
  readonly onSlow: (file: string) => void;
} {
  return {
    onScan: (done, total) => terminal.status(`reading DAG files: ${done} of ${total} …`),
    onSlow: (file) =>
      terminal.say(terminal.paintTalk.yellow(`${shortPath(config.projectFolder, file)} takes long to load`)),
  };
}
