import { Permanent } from "@millrace/core";

const MOST_BLOCKS = 50;
const MOST_TEXT = 40_000;
const MOST_BLOCK_TEXT = 3_000;
const MOST_HEADER_TEXT = 150;

/** A block of Slack's Block Kit, as its reference describes it. */
export interface SlackBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What a message says. `text` is what notifications show when there are blocks. */
export interface SlackContent {
  readonly text: string;
  readonly blocks?: readonly SlackBlock[];
}

/** A section with text in Slack's mrkdwn. */
export function sectionBlock(text: string): SlackBlock {
  return { type: "section", text: { type: "mrkdwn", text: cutText(text, MOST_BLOCK_TEXT) } };
}

/** A heading in plain text. */
export function headerBlock(text: string): SlackBlock {
  return { type: "header", text: { type: "plain_text", text: cutText(text, MOST_HEADER_TEXT), emoji: false } };
}

/** At most so many characters, the last one `…` when something was cut off. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** A text that Slack shows as it is: the three characters that start something else are escaped. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Refuses what Slack would refuse, with the place in the message. @throws Permanent */
export function checkContent({ text, blocks = [] }: SlackContent): void {
  if (text === "" && blocks.length === 0) throw new Permanent("the message has neither text nor blocks");
  if (text.length > MOST_TEXT) throw new Permanent(`the text has ${text.length} characters; Slack takes ${MOST_TEXT}`);
  if (blocks.length > MOST_BLOCKS)
    throw new Permanent(`the message has ${blocks.length} blocks; Slack takes ${MOST_BLOCKS}`);
  for (const [index, block] of blocks.entries()) {
    const inner = block["text"];
    const length = typeof inner === "object" && inner !== null && "text" in inner ? String(inner.text).length : 0;
    const most = block.type === "header" ? MOST_HEADER_TEXT : MOST_BLOCK_TEXT;
    if (length > most)
      throw new Permanent(`block ${index} (${block.type}) has a text of ${length} characters; Slack takes ${most}`);
  }
}
