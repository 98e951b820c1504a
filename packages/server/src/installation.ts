import type { ProviderDescription, SystemRules } from "@millrace/core";

/** A package with operators that is installed. */
export interface InstalledProvider {
  /** Like `@millrace/provider-standard`. */
  readonly packageName: string;
  readonly version: string;
  /** Plain text, possibly empty. */
  readonly description: string;
  /** What it brings; absent where it does not tell, or where that cannot be read. */
  readonly provider?: ProviderDescription;
  /** Why what it brings cannot be read. */
  readonly fault?: string;
}

/** A section of the configuration with the values that hold. */
export interface ShownSection {
  readonly name: string;
  /** Values as text; empty where nothing is set. Secrets are in clear: whoever shows them hides them. */
  readonly options: readonly { readonly key: string; readonly value: string; readonly isSecret: boolean }[];
}

/** What this Millrace is made of and set to. */
export interface Installation {
  listProviders(): Promise<readonly InstalledProvider[]>;
  readonly configuration: readonly ShownSection[];
  readonly rules: SystemRules;
}
