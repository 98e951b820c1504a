import { dag, githubSignature, header, param, pointer, sharedKey, variable, webhook } from "millrace";

/** Runs for each push to a repository: its webhook sends to `/webhooks/github-push`, signed with the variable `github_secret`. */
export const deploy = dag(
  "deploy_on_push",
  {
    params: { repository: param("", { type: "string" }), branch: "main", commit: "" },
    webhooks: [
      webhook(
        "github-push",
        {
          signature: githubSignature({ secret: variable("github_secret") }),
          dedupe: header("X-GitHub-Delivery"),
          schema: {
            type: "object",
            required: ["ref", "repository", "after"],
            properties: {
              ref: { type: "string" },
              after: { type: "string" },
              repository: {
                type: "object",
                required: ["full_name"],
                properties: { full_name: { type: "string" } },
              },
            },
          },
        },
        {
          repository: pointer("/repository/full_name"),
          branch: "{{ body.ref.split('/')[-1] }}",
          commit: pointer("/after"),
        },
      ),
    ],
    tags: ["example"],
  },
  ({ task, params }) => {
    task("deploy", { input: { repository: params.repository, branch: params.branch } }, ({ repository, branch }) => {
      return `deployed ${repository} at ${branch}`;
    });
  },
);

/** The body is the conf: `{"region": "eu"}`. The sender knows a key. */
export const refresh = dag(
  "refresh_prices",
  {
    params: { region: "eu" },
    webhooks: [
      webhook("prices", {
        signature: sharedKey({ header: "Authorization", prefix: "Bearer ", secret: variable("prices_key") }),
        dedupe: header("Idempotency-Key"),
        schema: { type: "object", additionalProperties: false, properties: { region: { enum: ["eu", "us"] } } },
      }),
    ],
    tags: ["example"],
  },
  ({ task, params }) => {
    task("refresh", { input: { region: params.region } }, ({ region }) => `prices of ${region}`);
  },
);
