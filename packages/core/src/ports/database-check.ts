/** Whether the database can be worked with, for probes. */
export interface DatabaseCheck {
  /**
   * Asks the database for its schema's version.
   *
   * @throws MillraceError STORE_UNAVAILABLE, SCHEMA_TOO_NEW, SCHEMA_DIFFERS, NO_DATABASE
   */
  check(): Promise<void>;
}
