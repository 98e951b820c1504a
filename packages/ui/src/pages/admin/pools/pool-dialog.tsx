import { createPool, updatePool } from "@millrace/api";
import { Checkbox, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import type { Pool } from "./pool-use.model.ts";

const words = texts.admin.pools;
const DEFAULT_SLOTS = 16;

type Settings = Pick<Pool, "slots" | "description" | "includeDeferred" | "order">;

/** Makes a pool or changes one; a change can be taken back. It is open as long as it is mounted. */
export function PoolDialog({
  before,
  onClose,
}: {
  /** Absent: a new one. */
  readonly before?: Pool;
  readonly onClose: () => void;
}): ReactNode {
  const [name, setName] = useState(before?.pool ?? "");
  const [settings, setSettings] = useState<Settings>(
    before ? settingsOf(before) : { slots: DEFAULT_SLOTS, description: null, includeDeferred: false, order: "fair" },
  );
  const change = (next: Partial<Settings>): void => setSettings({ ...settings, ...next });
  const act = useAct({
    run: async () => {
      if (before) await client.call(updatePool, { params: { pool: name }, body: settings });
      else await client.call(createPool, { body: { pool: name, ...settings } });
      onClose();
    },
    done: () => words.saved(name),
    undo: () => before && (() => client.call(updatePool, { params: { pool: name }, body: settingsOf(before) })),
    showsErrors: false,
  });
  return (
    <FormDialog title={before ? words.edit(before.pool) : words.create} act={act} onClose={onClose}>
      {!before && (
        <TextInput
          label={words.name}
          required
          maxLength={250}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <NumberInput
        label={words.slots}
        description={words.slotsHint}
        required
        min={-1}
        max={2_147_483_647}
        allowDecimal={false}
        value={settings.slots}
        onChange={(slots) => change({ slots: Number(slots) })}
      />
      <TextInput
        label={words.description}
        value={settings.description ?? ""}
        onChange={(event) => change({ description: event.currentTarget.value || null })}
      />
      <Checkbox
        label={words.includeDeferred}
        checked={settings.includeDeferred}
        onChange={(event) => change({ includeDeferred: event.currentTarget.checked })}
      />
      <Radio.Group label={words.order} value={settings.order} onChange={(order) => change({ order: order })}>
        <Stack gap="xs" mt={4}>
          {(["fair", "priority"] as const).map((order) => (
            <Radio key={order} value={order} label={words.orders[order]} />
          ))}
        </Stack>
      </Radio.Group>
    </FormDialog>
  );
}

function settingsOf({ slots, description, includeDeferred, order }: Pool): Settings {
  return { slots, description, includeDeferred, order };
}
