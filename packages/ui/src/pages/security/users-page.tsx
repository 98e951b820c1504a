import { Badge, Button, Group, Text } from "@mantine/core";
import { KeyRound, Pencil, Plus, UserCheck, UserX } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useMay, useSession } from "../../app/session-context.tsx";
import { useFilters } from "../../app/url-filters.ts";
import { ActionMenu, type ActionEntry } from "../../components/actions/action-menu.tsx";
import { useDeletion } from "../../components/actions/use-deletion.tsx";
import { Answer } from "../../components/answer.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { DataTable, type Column } from "../../components/table/data-table.tsx";
import { DistanceText } from "../../components/time-text.tsx";
import { client } from "../../server/client.ts";
import { texts } from "../../texts/index.ts";
import { hasText } from "../admin/has-text.model.ts";
import { ListSearch } from "../admin/list-search.tsx";
import { useAllUsers } from "./use-all-v1.ts";
import { ActiveDialog } from "./users/active-dialog.tsx";
import { ResetPasswordDialog } from "./users/reset-password-dialog.tsx";
import { UserDialog } from "./users/user-dialog.tsx";
import { isLastAdmin, rolesOf, type User } from "./users/user-rules.model.ts";

const words = texts.security.users;

/** Who may log in: listed, made, changed and deleted; the last Admin stays. */
export function UsersPage(): ReactNode {
  const [filters, setFilters] = useFilters<"search">();
  const [isNew, setNew] = useState(false);
  const may = useMay();
  const users = useAllUsers();
  const { search = "" } = filters;
  return (
    <Page
      title={words.title}
      actions={
        may("can_create", "Users") && (
          <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setNew(true)}>
            {words.create}
          </Button>
        )
      }
    >
      <ListSearch label={words.search} value={search} onChange={(text) => setFilters({ search: text })} />
      <Panel padded={false}>
        <Answer query={users}>
          {(all) => (
            <DataTable
              label={words.title}
              columns={columnsOf(all)}
              rows={all.filter((user) => fits(user, search))}
              rowId={({ username }) => username}
            />
          )}
        </Answer>
      </Panel>
      {isNew && <UserDialog onClose={() => setNew(false)} />}
    </Page>
  );
}

function fits(user: User, search: string): boolean {
  return hasText([user.username, user.first_name, user.last_name, user.email, ...rolesOf(user)], search);
}

function columnsOf(all: readonly User[]): readonly Column<User>[] {
  const { columns } = words;
  return [
    { key: "username", header: columns.username, cell: (user) => <NameCell user={user} /> },
    {
      key: "name",
      header: columns.name,
      isExtra: true,
      cell: ({ first_name: first, last_name: last }) => `${first} ${last}`,
    },
    { key: "email", header: columns.email, isExtra: true, cell: ({ email }) => email },
    {
      key: "roles",
      header: columns.roles,
      cell: (user) => (
        <Group gap={4}>
          {rolesOf(user).map((role) => (
            <Badge key={role} variant="default" tt="none">
              {role}
            </Badge>
          ))}
        </Group>
      ),
    },
    {
      key: "lastLogin",
      header: columns.lastLogin,
      isExtra: true,
      cell: ({ last_login: at, failed_login_count: failed }) => (
        <>
          {at === null ? words.never : <DistanceText at={at} />}
          {failed !== null && failed > 0 && (
            <Text size="xs" c="var(--state-failed)">
              {words.failedLogins(failed)}
            </Text>
          )}
        </>
      ),
    },
    {
      key: "actions",
      header: "",
      width: 40,
      cell: (user) => <UserActions user={user} isLast={isLastAdmin(user, all)} />,
    },
  ];
}

function NameCell({ user: { username, active } }: { readonly user: User }): ReactNode {
  const session = useSession();
  return (
    <Group gap="xs">
      <Text span size="sm" fw={600}>
        {username}
      </Text>
      {username === session.username && (
        <Text span size="xs" c="var(--text-dim)">
          {words.you}
        </Text>
      )}
      {active === false && (
        <Badge variant="default" tt="none">
          {words.inactive}
        </Badge>
      )}
    </Group>
  );
}

function UserActions({ user, isLast }: { readonly user: User; readonly isLast: boolean }): ReactNode {
  const { username } = user;
  const isActive = user.active !== false;
  const may = useMay();
  const [open, setOpen] = useState<"edit" | "reset" | "active">();
  const { entry: remove, question } = useDeletion({
    run: () => client.v1("delete_user", { path: { username } }),
    title: words.deleteTitle(username),
    text: isLast ? words.lastAdmin : words.deleteText,
    done: words.deleted(username),
    isReady: !isLast,
  });
  const entries: readonly (ActionEntry | false)[] = [
    may("can_edit", "Users") && {
      key: "edit",
      label: texts.actions.edit,
      icon: Pencil,
      onAct: () => setOpen("edit"),
    },
    may("can_edit", "Users") && {
      key: "reset",
      label: words.reset,
      icon: KeyRound,
      onAct: () => setOpen("reset"),
    },
    may("can_edit", "Users") && {
      key: "active",
      label: isActive ? words.deactivate : words.activate,
      icon: isActive ? UserX : UserCheck,
      onAct: () => setOpen("active"),
    },
    may("can_delete", "Users") && remove,
  ];
  const close = (): void => setOpen(undefined);
  return (
    <>
      <ActionMenu entries={entries.filter((entry) => entry !== false)} look="menu" label={texts.actions.more} />
      {open === "edit" && <UserDialog before={user} mustStayAdmin={isLast} onClose={close} />}
      {open === "reset" && <ResetPasswordDialog user={user} onClose={close} />}
      {open === "active" && <ActiveDialog user={user} isLast={isLast} onClose={close} />}
      {question}
    </>
  );
}
