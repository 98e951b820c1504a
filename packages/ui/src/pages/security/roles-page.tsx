import { BUILT_IN_ROLES } from "@millrace/api";
import { Badge, Button, Grid, Group, NavLink, Text, TextInput } from "@mantine/core";
import { Copy, Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { ActionMenu, type ActionEntry } from "../../components/actions/action-menu.tsx";
import { useDeletion } from "../../components/actions/use-deletion.tsx";
import { Answer, EmptyState } from "../../components/answer.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { client } from "../../server/client.ts";
import { useAct } from "../../server/use-act.ts";
import { texts } from "../../texts/index.ts";
import { RoleEditor } from "./roles/role-editor.tsx";
import { useAllRoles, type Role } from "./use-all-v1.ts";
import { ADMIN } from "./users/user-rules.model.ts";

const words = texts.security.roles;

/** Roles, and what each of them permits; those that are built in are marked. */
export function RolesPage(): ReactNode {
  const [filters, setFilters] = useFilters<"role">();
  const [copied, setCopied] = useState<Role | "nothing">();
  const may = useMay();
  const roles = useAllRoles();
  return (
    <Page
      title={words.title}
      actions={
        may("can_create", "Roles") && (
          <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setCopied("nothing")}>
            {words.create}
          </Button>
        )
      }
    >
      <Answer query={roles}>
        {(all) => {
          const chosen = all.find(({ name }) => name === filters.role) ?? all[0];
          return (
            <Grid gap="md">
              <Grid.Col span={{ base: 12, sm: 4, lg: 3 }}>
                <Panel padded={false}>
                  {all.map((role) => (
                    <RoleLink
                      key={role.name}
                      role={role}
                      isChosen={role === chosen}
                      onChoose={() => setFilters({ role: role.name }, { replace: false })}
                    />
                  ))}
                </Panel>
              </Grid.Col>
              <Grid.Col span={{ base: 12, sm: 8, lg: 9 }}>
                {chosen ? (
                  <Panel title={chosen.name} actions={<RoleActions role={chosen} onCopy={() => setCopied(chosen)} />}>
                    <RoleEditor key={chosen.name} role={chosen} mayEdit={may("can_edit", "Roles")} />
                  </Panel>
                ) : (
                  <EmptyState title={words.choose} />
                )}
              </Grid.Col>
            </Grid>
          );
        }}
      </Answer>
      {copied !== undefined && (
        <NewRoleDialog
          actions={copied === "nothing" ? [] : copied.actions}
          onMade={(role) => setFilters({ role })}
          onClose={() => setCopied(undefined)}
        />
      )}
    </Page>
  );
}

function RoleLink({
  role: { name, actions },
  isChosen,
  onChoose,
}: {
  readonly role: Role;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactNode {
  return (
    <NavLink
      component="button"
      active={isChosen}
      aria-current={isChosen ? "true" : undefined}
      onClick={onChoose}
      label={
        <Group gap="xs">
          {name}
          {name in BUILT_IN_ROLES && (
            <Badge variant="default" size="xs" tt="none">
              {words.builtIn}
            </Badge>
          )}
        </Group>
      }
      description={words.count(actions.length)}
    />
  );
}

function RoleActions({ role: { name }, onCopy }: { readonly role: Role; readonly onCopy: () => void }): ReactNode {
  const may = useMay();
  const { entry: remove, question } = useDeletion({
    run: () => client.v1("delete_role", { path: { role_name: name } }),
    title: words.deleteTitle(name),
    text: words.deleteText,
    done: words.deleted(name),
  });
  const entries: readonly (ActionEntry | false)[] = [
    may("can_create", "Roles") && { key: "copy", label: words.copy, icon: Copy, onAct: onCopy },
    may("can_delete", "Roles") && name !== ADMIN && remove,
  ];
  return (
    <Group gap="xs">
      <ActionMenu entries={entries.filter((entry) => entry !== false)} label={texts.actions.more} />
      {question}
    </Group>
  );
}

function NewRoleDialog({
  actions,
  onMade,
  onClose,
}: {
  /** What it permits at first. */
  readonly actions: Role["actions"];
  readonly onMade: (name: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const [name, setName] = useState("");
  const act = useAct({
    run: async () => {
      await client.v1("post_role", { body: { name, actions } });
      onMade(name);
      onClose();
    },
    done: () => words.created(name),
    showsErrors: false,
  });
  return (
    <FormDialog title={words.create} act={act} onClose={onClose} verb={words.create}>
      <TextInput
        label={words.name}
        required
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {actions.length > 0 && <Text size="sm">{words.count(actions.length)}</Text>}
    </FormDialog>
  );
}
