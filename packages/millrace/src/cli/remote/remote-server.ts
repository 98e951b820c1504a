/** A server that carries commands out, and as whom. */
export interface RemoteServer {
  readonly url: string;
  readonly token?: string | undefined;
  /** Instead of a token, for what a user does in person. */
  readonly login?: { readonly username: string; readonly password: string };
}
