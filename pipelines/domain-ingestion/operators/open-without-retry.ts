import { Permanent } from "millrace";
import { ConfigurationError } from "../steps/pipeline-errors.ts";

/**
 * Opens what the options of an operator name.
 *
 * @throws Permanent when they name what this profile cannot open: another try would find the same.
 */
export function openWithoutRetry<Opened>(open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new Permanent(error.message, { cause: error });
    throw error;
  }
}
