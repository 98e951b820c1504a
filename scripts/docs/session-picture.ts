import { readFileSync } from "node:fs";
import path from "node:path";
import { terminalPicture } from "./terminal-picture.ts";

const TRANSCRIPT = path.resolve(import.meta.dirname, "../../docs/pictures/session.txt");

/** `docs/pictures/session.svg`: the recorded session of scripts/record-session.ts, for the README. */
export function sessionPicture(): string {
  return terminalPicture(readFileSync(TRANSCRIPT, "utf8"), "npm start · edit · kill -9 · npm start");
}
