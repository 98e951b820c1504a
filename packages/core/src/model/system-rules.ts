/** What the operator of a system has decided for all of its DAGs. Every process that works on one database should be given the same. */
export interface SystemRules {
  /** Retries of a task of which neither the task nor the defaults around it say any; not baked into versions. Default 0. */
  readonly defaultTaskRetries: number;
  /** Instances of one mapped task in a run at most, and so the elements of a list that is mapped over. Default 100 000. */
  readonly maxMapLength: number;
  /** The conf of a run overrides the params of its DAG and tasks. Default true. */
  readonly confOverridesParams: boolean;
  /** A run that is triggered for a future date begins at once when its DAG has no schedule, instead of waiting for that date. Default false. */
  readonly allowTriggerInFuture: boolean;
  /** Default: everywhere. */
  readonly network: NetworkRules;
}

/** Where operators, `ctx.fetch` and connection tests may connect to. */
export interface NetworkRules {
  /** Addresses that are not on the public internet. */
  readonly privateAddresses: "allow" | "deny";
  /** Names, `*.example.com`, addresses and networks that are allowed all the same. */
  readonly allowedHosts: readonly string[];
}

/** What holds where nobody has decided otherwise. */
export const DEFAULT_RULES: SystemRules = {
  defaultTaskRetries: 0,
  maxMapLength: 100_000,
  confOverridesParams: true,
  allowTriggerInFuture: false,
  network: { privateAddresses: "allow", allowedHosts: [] },
};
