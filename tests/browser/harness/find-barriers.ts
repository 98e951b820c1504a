import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2 at levels A and AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
  readonly passes: readonly unknown[];
}

/** What keeps people out of a page, as axe finds it: a line for each rule that is broken, with the first places. @throws Error when axe has looked at nothing */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  // Text, because it runs in the page, whose names this program does not have.
  const options = JSON.stringify({ runOnly: RULES, resultTypes: ["violations"] });
  const { violations, passes } = await page.evaluate<AxeResults>(`axe.run(document, ${options})`);
  if (passes.length === 0) throw new Error("axe found nothing to look at");
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .slice(0, 3)
        .map(({ target }) => target.join(" "))
        .join(" | ")}`,
  );
}
