import { createConnection, updateConnection } from "@millrace/api";
import { Alert, Button, Drawer, Group, Stack } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { Answer, ErrorState } from "../../../components/answer.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import {
  draftOfConnection,
  findType,
  readConnection,
  type Connection,
  type ConnectionBody,
  type ConnectionType,
} from "./connection-draft.model.ts";
import { ConnectionFields } from "./connection-fields.tsx";
import { ConnectionTest } from "./connection-test.tsx";
import { useConnectionTypes } from "./use-connection-types.ts";

const words = texts.admin.connections;
const NO_FAULTS: Readonly<Record<string, string>> = {};

/** Makes a connection or changes one. It is open as long as it is mounted. */
export function ConnectionDialog({
  before,
  onClose,
}: {
  /** Absent: a new one. */
  readonly before?: Connection;
  readonly onClose: () => void;
}): ReactNode {
  const types = useConnectionTypes();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={before ? words.edit(before.connectionId) : words.create}
      closeButtonProps={{ "aria-label": texts.actions.close }}
    >
      <Answer query={types}>
        {({ items }) => <ConnectionFormBody types={items} onClose={onClose} {...(before && { before })} />}
      </Answer>
    </Drawer>
  );
}

function ConnectionFormBody({
  types,
  before,
  onClose,
}: {
  readonly types: readonly ConnectionType[];
  readonly before?: Connection;
  readonly onClose: () => void;
}): ReactNode {
  const [start] = useState(() => draftOfConnection(before ?? { connectionId: "", type: "http", extra: {} }, types));
  const [draft, setDraft] = useState(start);
  const [faults, setFaults] = useState(NO_FAULTS);
  const read = readConnection(draft, types, before);
  const act = useAct({
    run: async (body: ConnectionBody) => {
      const { connectionId, ...changes } = body;
      if (before) await client.call(updateConnection, { params: { connectionId }, body: changes });
      else await client.call(createConnection, { body });
      onClose();
    },
    done: (_, { connectionId }) => (before ? words.saved(connectionId) : words.created(connectionId)),
    showsErrors: false,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setFaults(read.faults);
    if (Object.keys(read.faults).length === 0) act.mutate(read.body);
  };
  const isUntouched = JSON.stringify(draft) === JSON.stringify(start);
  return (
    <form onSubmit={submit}>
      <Stack>
        {before?.isReadable === false && <Alert color="yellow">{words.unreadable}</Alert>}
        <ConnectionFields
          types={types}
          draft={draft}
          faults={faults}
          onChange={(next) => {
            setDraft(next);
            setFaults(NO_FAULTS);
          }}
          {...(before && { before })}
        />
        {act.error && <ErrorState error={act.error} />}
        <Group justify="space-between" align="flex-start">
          <ConnectionTest
            canTest={findType(draft.type, types)?.canTest ?? false}
            read={read}
            {...(before && { stored: { connection: before, isUntouched } })}
          />
          <Group>
            <Button variant="default" onClick={onClose}>
              {texts.actions.cancel}
            </Button>
            <Button type="submit" loading={act.isPending} disabled={before !== undefined && isUntouched}>
              {texts.actions.save}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
