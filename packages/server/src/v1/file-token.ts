import type { Signer } from "@millrace/core";

const PURPOSE = "dag file";

/** The token by which a client names a DAG file. */
export function signFile(signer: Signer, file: string): string {
  return signer.sign(PURPOSE, file);
}

/** The file that a token names; undefined when this system has not made it. */
export function openFileToken(signer: Signer, token: string): string | undefined {
  return signer.open(PURPOSE, token);
}
