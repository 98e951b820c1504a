import type { Command } from "commander";
import { loadConfig } from "../../config.ts";
import { findProjectFolder } from "../../find-project-folder.ts";
import { readDagNames } from "../../system/dag-names.ts";
import { completeWords } from "../complete-words.ts";
import { makeCommand, type Shell } from "../make-command.ts";
import type { Terminal } from "../terminal.ts";

/** `millrace __complete WORDS...`: what completion scripts ask. It never fails and opens no database: names are those that were read last. */
export function makeComplete({ terminal }: Shell, program: Command): Command {
  return makeCommand("__complete", "what completion scripts ask")
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .passThroughOptions()
    .action((words: readonly string[]) => {
      for (const { word, about } of completeWords(program, words, { dags: knownDags(terminal) }))
        terminal.print(`${word}\t${about}`);
    });
}

function knownDags({ cwd, env }: Terminal): ReadonlyMap<string, readonly string[]> {
  try {
    return readDagNames(loadConfig({ folder: findProjectFolder(cwd), env }).core.dataFolder);
  } catch {
    // A configuration that is broken must not spoil the line that somebody writes to mend it.
    return new Map();
  }
}
