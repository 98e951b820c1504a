import type { NetworkRules, ProviderDescription } from "@millrace/core";

/** What a provider process is asked; one question, then it ends. */
export type ProviderQuestion =
  | { readonly k: "read"; readonly entries: readonly string[] }
  | {
      readonly k: "try";
      /** URL of the module that exports the provider. */
      readonly entry: string;
      readonly type: string;
      readonly connectionId: string;
      /** JSON with the fields, secrets in clear: it travels by IPC alone. */
      readonly fields: string;
      readonly network: NetworkRules;
      readonly limitMs: number;
    };

/** What it says. */
export type ProviderAnswer =
  | { readonly k: "ready" }
  | { readonly k: "provider"; readonly entry: string; readonly provider: ProviderDescription }
  | { readonly k: "unreadable"; readonly entry: string; readonly message: string }
  | { readonly k: "tried"; readonly ok: boolean; readonly message: string };
