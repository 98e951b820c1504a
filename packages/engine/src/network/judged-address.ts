/** An address that may be connected to. */
export interface JudgedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds the addresses of a host that may be connected to. @throws MillraceError FORBIDDEN_ADDRESS, UNREACHABLE */
export type Judge = (host: string) => Promise<readonly JudgedAddress[]>;
