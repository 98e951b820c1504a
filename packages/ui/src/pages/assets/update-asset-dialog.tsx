import { updateAsset } from "@millrace/api";
import { Text, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { FormDialog } from "../../components/form-dialog.tsx";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { parseExtra } from "./parse-extra.model.ts";

const words = texts.assets;

/** Records that an asset was updated from outside. */
export function UpdateAssetDialog({ uri, onClose }: { readonly uri: string; readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState("");
  const parsed = parseExtra(text);
  const act = useAct({
    run: () =>
      client.call(updateAsset, {
        body: { uri, ...(parsed.kind === "object" && { extra: parsed.value }) },
      }),
    done: ({ queuedFor }) => {
      onClose();
      return words.updatedDone(queuedFor.length);
    },
    showsErrors: false,
  });
  return (
    <FormDialog title={words.update} verb={words.update} act={act} isReady={parsed.kind !== "wrong"} onClose={onClose}>
      <Text size="sm">{words.updateAsk}</Text>
      <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
        {uri}
      </Text>
      <Textarea
        label={words.extraLabel}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={parsed.kind === "wrong" && words.extraWrong}
        autosize
        minRows={3}
        maxRows={14}
        data-autofocus
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      />
    </FormDialog>
  );
}
