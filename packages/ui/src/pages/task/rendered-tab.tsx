import { Code, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { EmptyState } from "../../components/answer.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { Panel } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { parseJson } from "../../components/json/parse-json.model.ts";

/** Options that are templates, as they were rendered for this instance. */
export function RenderedTab({ rendered }: { readonly rendered: string | undefined }): ReactNode {
  const parsed = rendered === undefined ? undefined : parseJson(rendered);
  const fields = parsed?.isJson && typeof parsed.value === "object" && parsed.value !== null ? parsed.value : {};
  const entries = Object.entries(fields);
  if (entries.length === 0) return <EmptyState title={texts.task.noRendered}>{texts.task.noRenderedHint}</EmptyState>;
  return (
    <Stack gap="sm">
      {entries.map(([option, value]) => {
        const text = typeof value === "string" ? value : JSON.stringify(value, undefined, 2);
        return (
          <Panel
            key={option}
            title={
              <Text span ff="monospace">
                {option}
              </Text>
            }
            actions={<CopyButton text={text} />}
          >
            <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {text}
            </Code>
          </Panel>
        );
      })}
    </Stack>
  );
}
