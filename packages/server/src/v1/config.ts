import type { V1Config, V1ConfigSection } from "@millrace/api";
import { bestMediaType } from "../http/best-media-type.ts";
import { Problem } from "../http/problem.ts";
import { textReply, type Reply } from "../http/reply.ts";
import type { ShownSection } from "../installation.ts";
import type { ServerPorts } from "../ports.ts";
import type { ServerSettings } from "../settings.ts";
import type { V1Handlers } from "./handlers.ts";
import { iniText } from "./ini-text.ts";

const HIDDEN = "< hidden >";

/** The configuration, for those whom the operator of the system shows it. Secrets are hidden, whatever was chosen. */
export function configHandlers(
  { installation }: ServerPorts,
  settings: ServerSettings,
): Pick<V1Handlers, "get_config" | "get_value"> {
  const { configuration } = installation;
  return {
    get_config: async ({ query, request }) => {
      const answer = answerIn(request.accept, settings);
      const wanted = query.section;
      if (wanted === undefined || wanted === "") return answer(configuration.map(sectionBody));
      const section = configuration.find(({ name }) => isSame(name, wanted));
      if (!section) throw new Problem(404, { title: "section not found.", detail: `section=${wanted} not found.` });
      return answer([sectionBody(section)]);
    },
    get_value: async ({ params, request }) => {
      const answer = answerIn(request.accept, settings);
      const section = configuration.find(({ name }) => isSame(name, params.section));
      const option = section?.options.find(({ key }) => isSame(key, params.option));
      if (!section || !option) {
        throw new Problem(404, {
          title: "Config not found.",
          detail: `The option [${params.section}/${params.option}] is not found in config.`,
        });
      }
      return answer([sectionBody({ name: section.name, options: [option] })]);
    },
  };
}

/** @throws Problem 406 for other media types, 403 when the configuration is not shown */
function answerIn(
  accept: string,
  { exposeConfig }: ServerSettings,
): (sections: readonly V1ConfigSection[]) => V1Config | Reply {
  const type = bestMediaType(accept, ["text/plain", "application/json"]);
  if (type === undefined) throw new Problem(406);
  if (!exposeConfig) {
    throw new Problem(403, {
      detail: "Your Airflow administrator chose not to expose the configuration, most likely for security reasons.",
    });
  }
  return (sections) => (type === "application/json" ? { sections } : textReply(iniText(sections)));
}

function sectionBody({ name, options }: ShownSection): V1ConfigSection {
  return {
    name,
    options: options.map(({ key, value, isSecret }) => ({ key, value: isSecret && value !== "" ? HIDDEN : value })),
  };
}

function isSame(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}
