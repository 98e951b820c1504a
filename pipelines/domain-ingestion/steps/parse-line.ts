import { isValidDomain } from "./domain-name.ts";
import type { SourceFormat } from "./domain-record.ts";

const HOSTS_ENTRY = /^(?:0\.0\.0\.0|127\.0\.0\.1)\s+(\S+)$/;
const ADBLOCK_ENTRY = /^\|\|([^\s^]+)\^(?:\$.*)?$/;

/** What one line of a source says: nothing about a domain, a domain that is not valid, or a valid one in lower case. */
export type LineOutcome =
  | { readonly kind: "ignored" }
  | { readonly kind: "invalid"; readonly text: string }
  | { readonly kind: "entry"; readonly domain: string };

/** Reads `0.0.0.0 <domain>` and `127.0.0.1 <domain>`; comments, other addresses and lines with more on them are ignored. */
export function parseHostsLine(line: string): LineOutcome {
  return outcomeOf(HOSTS_ENTRY.exec(line.trim()));
}

/** Reads `||<domain>^` with or without `$modifiers`; comments, headers, exceptions and path rules are ignored. */
export function parseAdblockLine(line: string): LineOutcome {
  return outcomeOf(ADBLOCK_ENTRY.exec(line.trim()));
}

/** The parser of a format. */
export function lineParser(format: SourceFormat): (line: string) => LineOutcome {
  switch (format) {
    case "hosts":
      return parseHostsLine;
    case "adblock":
      return parseAdblockLine;
    default:
      throw new Error(`unreachable: ${format satisfies never}`);
  }
}

function outcomeOf(match: RegExpExecArray | null): LineOutcome {
  if (match?.[1] === undefined) return { kind: "ignored" };
  const domain = match[1].toLowerCase();
  return isValidDomain(domain) ? { kind: "entry", domain } : { kind: "invalid", text: match[1] };
}
