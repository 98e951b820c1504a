import { listVariables, type AnswerOf } from "@millrace/api";
import { client } from "../../../server/client.ts";
import type { Variable } from "./variable-file.model.ts";

const PAGE = 1_000;

/** All variables of the database, page by page. */
export async function readAllVariables(): Promise<readonly Variable[]> {
  const found: Variable[] = [];
  for (let after: string | undefined; ;) {
    const page: AnswerOf<typeof listVariables> = await client.call(listVariables, {
      query: { limit: PAGE, ...(after !== undefined && { after }) },
    });
    found.push(...page.items);
    if (page.next === undefined) return found;
    after = page.next;
  }
}
