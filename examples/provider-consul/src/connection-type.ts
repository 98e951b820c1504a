import { connectionForm, portField, secretField, textField, type ProviderConnectionType } from "@millrace/core";
import { askConsul } from "./ask-consul.ts";

/** An agent of Consul, with an ACL token. */
export const CONSUL_TYPE: ProviderConnectionType = {
  type: "consul",
  label: "Consul",
  form: connectionForm(
    {
      host: textField("Host", { minLength: 1 }),
      port: portField(8_500),
      schema: textField("Scheme", { enum: ["http", "https"], default: "http" }),
      password: secretField("ACL token"),
    },
    { required: ["host"] },
  ),
  trial: async (connection, tools) => {
    // Reading oneself needs a token that is known: an agent that merely answers would not show that the login is right.
    const self = await askConsul(connection, { method: "GET", path: "/acl/token/self" }, tools);
    const { Description: name = "" } = JSON.parse(self ?? "{}") as { readonly Description?: string };
    return `Consul at ${connection.host} knows the token ${name}`;
  },
};
