import { ownDocument, v1Document, type Operation } from "@millrace/api";
import { Reply } from "../http/reply.ts";
import type { Route } from "../http/route.ts";
import { API_PAGE, API_SCRIPT, API_STYLE } from "./api-page.ts";

/** The OpenAPI documents of both APIs and the page that shows them. They say nothing of what is here: everybody may read them. */
export function documentRoutes(operations: readonly Operation[], version: string): readonly Route[] {
  const own = JSON.stringify(ownDocument(operations, version));
  const v1 = JSON.stringify(v1Document(version));
  return [
    served("get_openapi", "/api/millrace/v1/openapi.json", own, "application/json"),
    served("get_v1_openapi", "/api/v1/openapi.json", v1, "application/json"),
    served("get_api_page", "/api", API_PAGE, "text/html; charset=utf-8"),
    served("get_api_script", "/api/page.js", API_SCRIPT, "text/javascript; charset=utf-8"),
    served("get_api_style", "/api/page.css", API_STYLE, "text/css; charset=utf-8"),
  ];
}

function served(id: string, url: string, text: string, mediaType: string): Route {
  return {
    id,
    method: "GET",
    url,
    access: [],
    status: 200,
    readInput: () => ({ params: {}, query: {}, body: undefined }),
    handle: async () => new Reply(text, { mediaType, headers: { "cache-control": "no-cache" } }),
  };
}
