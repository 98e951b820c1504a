import type { FastifyReply, FastifyRequest } from "fastify";
import { problemBody, Problem } from "./problem.ts";
import type { AnswerPage } from "../ui/serve-ui.ts";
import type { Route } from "./route.ts";

const PAGE = `<!doctype html><html lang="en"><title>Not found</title><h1>404: there is no such page</h1></html>`;

/** Answers paths that nothing serves: JSON below `/api`; 405 where only another method is served; elsewhere the interface, which knows its own pages. */
export function answerUnknown(
  routes: readonly Route[],
  answerPage: AnswerPage,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const patterns = routes.map(({ url, method }) => ({
    method,
    pattern: new RegExp(`^${url.replaceAll(/[.~+]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+")}$`),
  }));
  return async (request, reply) => {
    if (await answerPage(request, reply)) return reply;
    const path = request.url.split("?")[0] ?? "";
    if (!/^\/(api|auth)\//.test(path)) return await reply.code(404).type("text/html").send(PAGE);
    const methods = patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    const problem =
      methods.length > 0
        ? new Problem(405, { headers: { allow: methods.join(", ") } })
        : new Problem(404, { detail: "there is nothing at this path" });
    return await reply
      .code(problem.status)
      .headers(problem.headers)
      .type("application/problem+json")
      .send(JSON.stringify(problemBody(problem)));
  };
}
