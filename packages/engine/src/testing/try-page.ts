import { readPanels, resolveParams, type Micros, type PageDefinition, type Panel } from "@millrace/core";
import { answerPage, type PageSources } from "../pages/answer-page.ts";
import { makePageContext } from "../pages/make-page-context.ts";

/** A page whose code runs in this process. */
export interface TriedPage {
  readonly page: PageDefinition;
  readonly params: Readonly<Record<string, unknown>>;
  readonly now: Micros;
  readonly sources: PageSources;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

/**
 * Runs the code of a page with the server's own code around it: params are checked, only what the page declares is answered, and panels are read as
 * they would be sent.
 *
 * @throws what the code throws; MillraceError BAD_DAG, BAD_PARAM, PAGE_FAILED
 */
export async function tryPage({ page, params, now, sources, signal, fetch }: TriedPage): Promise<readonly Panel[]> {
  const info = page.info();
  const context = makePageContext({
    pageId: info.pageId,
    params: resolveParams({ dag: info.params, conf: params }),
    now: () => now,
    signal,
    fetch,
    reads: answerPage(info, sources, new Set()),
  });
  // As it crosses the border of the process.
  return readPanels(JSON.parse(JSON.stringify(await page.data(context as never)) ?? "null"));
}
