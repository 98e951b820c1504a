import { getPage, getPageData, listPages } from "@millrace/api";
import { MillraceError, type SavedPage } from "@millrace/core";
import { dagsFor, may, type Caller } from "../access/caller.ts";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

const NO_DAG = "~";

/** Pages that pipelines add to the UI. */
export function pageOperations({ pages }: Pick<ServerPorts, "pages">): readonly ServedOperation[] {
  const get = async (pageId: string, caller: Caller): Promise<SavedPage> => {
    const page = await pages.find(pageId);
    // To those who may not read all that it shows it is not there.
    if (page && maySee(caller, page)) return page;
    throw new MillraceError("NOT_FOUND", `there is no page ${pageId}`, { details: { pageId } });
  };
  return [
    served(listPages, async ({ caller, query: { dagId, ...request } }) => {
      const place = dagId === undefined ? {} : { dagId: dagId === NO_DAG ? null : dagId };
      const page = await pages.list({ ...request, ...place });
      return dagsFor(caller, "can_read") === "all"
        ? page
        : { ...page, items: page.items.filter((one) => maySee(caller, one)) };
    }),
    served(getPage, async ({ caller, params }) => await get(params.pageId, caller)),
    served(getPageData, async ({ caller, params, query }) => {
      const page = await get(params.pageId, caller);
      return await pages.compute(page, givenOf(query.params));
    }),
  ];
}

function maySee(caller: Caller, { dagIds }: SavedPage): boolean {
  return dagIds.every((dagId) => may(caller, ["can_read", "DAGs"], dagId));
}

function givenOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null && !Array.isArray(given))
      return given as Readonly<Record<string, unknown>>;
  } catch {
    // Said below for all that is no object.
  }
  throw new MillraceError("BAD_ARGUMENT", "params must be the JSON text of an object");
}
