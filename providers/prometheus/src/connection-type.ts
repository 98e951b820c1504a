import {
  connectionForm,
  portField,
  secretField,
  textField,
  type Connection,
  type ProviderConnectionType,
  type TrialTools,
} from "@millrace/core";
import { serverOf } from "./prometheus-server.ts";
import { errorOfStatus } from "./prometheus-error.ts";

/** A Pushgateway or a Prometheus server. */
export const PROMETHEUS_TYPE: ProviderConnectionType = {
  type: "prometheus",
  label: "Prometheus",
  aliases: ["pushgateway"],
  form: connectionForm(
    {
      host: textField("Host or base address", {
        minLength: 1,
        examples: ["http://pushgateway:9091", "https://prometheus.example.com/base"],
      }),
      port: portField(),
      schema: textField("Scheme", { enum: ["", "http", "https"] }),
      login: textField("Login"),
      password: secretField("Password"),
    },
    { required: ["host"], extra: { bearer_token: secretField("Bearer token, instead of a login") } },
  ),
  trial: tryPrometheus,
};

/** Both servers answer `/-/ready`, behind whatever login stands before them. */
async function tryPrometheus(connection: Connection, { fetch, signal }: TrialTools): Promise<string> {
  const { base, headers } = serverOf(connection);
  const answer = await fetch(`${base}/-/ready`, { headers, signal, redirect: "error" });
  const text = await answer.text();
  const asked = `GET ${base}/-/ready`;
  if (!answer.ok) throw errorOfStatus({ asked, status: answer.status, text });
  const who = connection.login === undefined ? "" : `, the login of ${connection.login} is fine`;
  return `${asked} → ${answer.status}${who}`;
}
