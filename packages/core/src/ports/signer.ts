/**
 * Makes tokens that clients hand back: texts that they may read, but not change or make themselves. They are fit for URLs and are valid for ever;
 * a token of one purpose is no token of another.
 */
export interface Signer {
  sign(purpose: string, text: string): string;
  /** The text of a token; undefined when this system has not made it for this purpose. */
  open(purpose: string, token: string): string | undefined;
}
