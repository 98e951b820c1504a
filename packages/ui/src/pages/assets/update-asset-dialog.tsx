import { updateAsset } from "@millrace/api";
import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
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
  });
  return (
    <Modal opened onClose={onClose} title={words.update} closeButtonProps={{ "aria-label": texts.actions.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate(undefined);
        }}
      >
        <Stack>
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
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={act.isPending} disabled={parsed.kind === "wrong"}>
              {words.update}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
