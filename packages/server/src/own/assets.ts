import { listAssetEvents, listAssets, updateAsset } from "@millrace/api";
import type { ServerPorts } from "../ports.ts";
import { served, type ServedOperation } from "./own-routes.ts";

/** Assets and their updates. */
export function assetOperations({ queries }: ServerPorts): readonly ServedOperation[] {
  return [
    served(listAssets, async ({ query }) => await queries.listAssets(query)),
    served(listAssetEvents, async ({ query }) => await queries.listAssetEvents(query)),
    served(
      updateAsset,
      async ({ body: { uri, extra } }) =>
        await queries.updateAsset(uri, extra === undefined ? null : JSON.stringify(extra)),
    ),
  ];
}
