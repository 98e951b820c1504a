import { join } from "node:path";

/** Folder of all segments that processes of `host` write. */
export function logFolder(dataFolder: string, host: string): string {
  return join(dataFolder, "logs", fileSafe(host));
}

/** What a line of a dispatch begins with in a segment, before a space: enough of its random id to be unique there. */
export function lineTag(dispatchId: string): string {
  return dispatchId.slice(0, 16);
}

/** The text as part of a file name. */
export function fileSafe(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, "_").replaceAll(/^\.+/g, "_") || "_";
}
