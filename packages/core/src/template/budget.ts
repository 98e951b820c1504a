import { templateFault } from "./template-fault.ts";

/** Longest template in UTF-8 bytes. */
export const MAX_TEMPLATE_BYTES = 65_536;
/** Longest text that a template may make, in UTF-16 units; also the longest one on the way there. */
export const MAX_TEXT = 1_048_576;
/** Most elements of a list that a template makes. */
export const MAX_ITEMS = 100_000;
/** Most steps of one rendering; a second or so of work. */
const MAX_STEPS = 1_000_000;
/** Units of text that cost one step. */
const TEXT_PER_STEP = 64;

/** The work that one rendering may still do. Everything that loops or grows asks here first, so that no template runs or grows without end. */
export class Budget {
  #steps = MAX_STEPS;

  /** @throws MillraceError BAD_TEMPLATE when the steps are used up. */
  spend(steps = 1): void {
    this.#steps -= steps;
    if (this.#steps < 0) throw templateFault(`it takes more than ${MAX_STEPS} steps; loop over less`);
  }

  /** Asks for room for a text of `length`, before it is made. @throws MillraceError BAD_TEMPLATE when it would be too long. */
  spendText(length: number): void {
    this.checkLength(length);
    this.spend(1 + Math.floor(length / TEXT_PER_STEP));
  }

  /** @throws MillraceError BAD_TEMPLATE when a text of `length` would be too long. */
  checkLength(length: number): void {
    if (!(length <= MAX_TEXT)) throw templateFault(`it makes a text of more than ${MAX_TEXT} characters`);
  }

  /** Asks for room for a list of `count` elements, before it is made. @throws MillraceError BAD_TEMPLATE when it would be too long. */
  spendItems(count: number): void {
    if (!(count <= MAX_ITEMS)) throw templateFault(`it makes a list of more than ${MAX_ITEMS} elements`);
    this.spend(1 + count);
  }
}
