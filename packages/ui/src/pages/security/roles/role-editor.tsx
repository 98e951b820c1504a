import { ACTIONS } from "@millrace/api";
import { Alert, Button, Checkbox, Group, ScrollArea, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { ErrorState } from "../../../components/answer.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { hasText } from "../../admin/has-text.model.ts";
import { ListSearch } from "../../admin/list-search.tsx";
import type { Role } from "../use-all-v1.ts";
import { ADMIN } from "../users/user-rules.model.ts";
import {
  differenceOf,
  permission,
  permissionsOf,
  rowsOf,
  toggled,
  toV1,
  type MatrixRow,
  type Permissions,
} from "./permission-matrix.model.ts";

const words = texts.security.roles;

/** What a role permits, as a matrix that can be changed; a change can be taken back. */
export function RoleEditor({ role, mayEdit }: { readonly role: Role; readonly mayEdit: boolean }): ReactNode {
  const stored = permissionsOf(role);
  const [draft, setDraft] = useState<Permissions>();
  const [dags, setDags] = useState<readonly string[]>([]);
  const [search, setSearch] = useState("");
  const shown = draft ?? stored;
  const save = async (permissions: Permissions): Promise<unknown> =>
    await client.v1("patch_role", {
      path: { role_name: role.name },
      body: { name: role.name, actions: toV1(permissions) },
    });
  const act = useAct({
    run: save,
    done: () => {
      setDraft(undefined);
      return words.saved(role.name);
    },
    undo: () => () => save(stored),
    showsErrors: false,
  });
  const isFixed = role.name === ADMIN || !mayEdit;
  const { added, removed } = differenceOf(stored, shown);
  return (
    <Stack>
      {role.name === ADMIN && <Alert>{words.adminText}</Alert>}
      <ListSearch label={words.search} value={search} onChange={setSearch} />
      <Matrix
        rows={rowsOf(shown, dags).filter(({ resource }) => hasText([resource], search))}
        permissions={shown}
        isFixed={isFixed}
        onToggle={(one) => setDraft(toggled(shown, one))}
      />
      {!isFixed && <AddDag onAdd={(dagId) => setDags([...dags, dagId])} />}
      {act.error && <ErrorState error={act.error} />}
      {added + removed > 0 && (
        <Group
          style={{ position: "sticky", bottom: 0, background: "var(--surface-raised)", zIndex: 1 }}
          py="xs"
          justify="flex-end"
        >
          <Text size="sm" aria-live="polite">
            {words.changes(added, removed)}
          </Text>
          <Button variant="default" onClick={() => setDraft(undefined)}>
            {words.discard}
          </Button>
          <Button onClick={() => act.mutate(shown)} loading={act.isPending}>
            {texts.actions.save}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Matrix({
  rows,
  permissions,
  isFixed,
  onToggle,
}: {
  readonly rows: readonly MatrixRow[];
  readonly permissions: Permissions;
  readonly isFixed: boolean;
  readonly onToggle: (one: string) => void;
}): ReactNode {
  return (
    <ScrollArea>
      <Table aria-label={words.columns.permissions} verticalSpacing={3} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.columns.resource}</Table.Th>
            {ACTIONS.map((action) => (
              <Table.Th key={action} ta="center">
                {words.actions[action]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ resource, actions }) => (
            <Table.Tr key={resource}>
              <Table.Th scope="row" fw={400}>
                {resource}
              </Table.Th>
              {ACTIONS.map((action) => (
                <Table.Td key={action}>
                  {actions.includes(action) && (
                    <Checkbox
                      size="xs"
                      style={{ display: "flex", justifyContent: "center" }}
                      aria-label={words.allowed(words.actions[action], resource)}
                      checked={permissions.has(permission(action, resource))}
                      disabled={isFixed}
                      onChange={() => onToggle(permission(action, resource))}
                    />
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function AddDag({ onAdd }: { readonly onAdd: (dagId: string) => void }): ReactNode {
  const [dagId, setDagId] = useState("");
  const add = (): void => {
    onAdd(dagId.trim());
    setDagId("");
  };
  return (
    <Group align="flex-end" gap="xs">
      <TextInput
        label={words.addDag}
        description={words.addDagHint}
        value={dagId}
        onChange={(event) => setDagId(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && dagId.trim() !== "") add();
        }}
      />
      <Button variant="default" onClick={add} disabled={dagId.trim() === ""}>
        {words.add}
      </Button>
    </Group>
  );
}
