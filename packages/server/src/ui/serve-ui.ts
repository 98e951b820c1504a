import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const YEAR_SECONDS = 31_536_000;
/** Paths that are never a page of the interface. */
const NOT_A_PAGE = /^\/(api|auth|static|webhooks|health|livez|readyz|metrics)(\/|$)/;

/** Answers a request with the interface, when it asks for a page of it. @returns false for all else */
export type AnswerPage = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

/**
 * Serves the built interface: its files under their own names, and its one page wherever a browser asks for a page. What a file's name tells apart by its
 * content is kept for a year, the page itself is asked for each time.
 *
 * @param folder holds `index.html` and `static/`; undefined or empty: there is no interface, `/` leads to the API page
 */
export async function serveUi(app: FastifyInstance, folder: string | undefined): Promise<AnswerPage> {
  if (folder === undefined || !existsSync(join(folder, "index.html"))) {
    app.get("/", (_request, reply) => reply.redirect("/api"));
    return async () => false;
  }
  await app.register(fastifyStatic, {
    root: join(folder, "static"),
    prefix: "/static/",
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isNamedByContent = path.startsWith(join(folder, "static"));
      void reply.header("cache-control", isNamedByContent ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache");
    },
  });
  const sendWhole = (reply: FastifyReply, file: string): FastifyReply =>
    reply.sendFile(file, folder, { cacheControl: false });
  for (const file of ["theme.js", "favicon.svg"]) app.get(`/${file}`, (_request, reply) => sendWhole(reply, file));
  return async (request, reply) => {
    const [path = ""] = request.url.split("?");
    const isPage =
      request.method === "GET" && !NOT_A_PAGE.test(path) && /text\/html|\*\/\*/.test(request.headers.accept ?? "*/*");
    if (isPage) await sendWhole(reply, "index.html");
    return isPage;
  };
}
