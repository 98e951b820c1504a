/** A server that carries commands out, and as whom. */
export interface RemoteServer {
  readonly url: string;
  readonly token: string | undefined;
}
