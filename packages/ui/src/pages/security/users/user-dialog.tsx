import { Group, MultiSelect, PasswordInput, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useMay } from "../../../app/session-context.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { useAllRoles } from "../use-all-v1.ts";
import { ADMIN, rolesOf, type User } from "./user-rules.model.ts";

const words = texts.security.users;

interface UserDraft {
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly password: string;
}

/** Makes a user or changes one. It is open as long as it is mounted. */
export function UserDialog({
  before,
  mustStayAdmin = false,
  onClose,
}: {
  /** Absent: a new one. */
  readonly before?: User;
  /** The last Admin keeps the role. */
  readonly mustStayAdmin?: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const [draft, setDraft] = useState<UserDraft>(() => draftOf(before));
  const change = (next: Partial<UserDraft>): void => setDraft({ ...draft, ...next });
  const act = useAct({
    run: async () => {
      const body = bodyOf(draft);
      if (before) await client.v1("patch_user", { path: { username: before.username }, body });
      else await client.v1("post_user", { body: { ...body, password: draft.password } });
      onClose();
    },
    done: () => (before ? words.saved(draft.username) : words.created(draft.username)),
    showsErrors: false,
  });
  const text = (name: "username" | "firstName" | "lastName" | "email"): object => ({
    label: words[name],
    required: true,
    value: draft[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  return (
    <FormDialog title={before ? words.edit(before.username) : words.create} act={act} onClose={onClose}>
      <TextInput {...text("username")} autoComplete="off" data-autofocus />
      <Group grow>
        <TextInput {...text("firstName")} />
        <TextInput {...text("lastName")} />
      </Group>
      <TextInput {...text("email")} type="email" autoComplete="off" />
      <RolesField roles={draft.roles} mustStayAdmin={mustStayAdmin} onChange={(roles) => change({ roles })} />
      {!before && (
        <PasswordInput
          label={words.password}
          description={words.passwordHint}
          required
          minLength={8}
          autoComplete="new-password"
          value={draft.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
        />
      )}
    </FormDialog>
  );
}

function draftOf(user: User | undefined): UserDraft {
  return {
    username: user?.username ?? "",
    firstName: user?.first_name ?? "",
    lastName: user?.last_name ?? "",
    email: user?.email ?? "",
    roles: user ? rolesOf(user) : [],
    password: "",
  };
}

/** A user as API v1 takes it; also a change names all of it. */
export function bodyOf({ username, firstName, lastName, email, roles }: Omit<UserDraft, "password">): {
  readonly username: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly roles: readonly { readonly name: string }[];
} {
  return {
    username,
    first_name: firstName,
    last_name: lastName,
    email,
    roles: roles.map((name) => ({ name })),
  };
}

function RolesField({
  roles,
  mustStayAdmin,
  onChange,
}: {
  readonly roles: readonly string[];
  readonly mustStayAdmin: boolean;
  readonly onChange: (roles: readonly string[]) => void;
}): ReactNode {
  const may = useMay();
  const mayRead = may("can_read", "Roles");
  const all = useAllRoles(mayRead);
  const names = new Set([...(all.data ?? []).map(({ name }) => name), ...roles]);
  return (
    <>
      <MultiSelect
        label={words.roles}
        description={words.rolesHint}
        data={[...names]}
        value={[...roles]}
        onChange={(chosen) => onChange(mustStayAdmin && !chosen.includes(ADMIN) ? [...chosen, ADMIN] : chosen)}
      />
      {mustStayAdmin && (
        <Text size="xs" c="var(--text-dim)">
          {words.lastAdmin}
        </Text>
      )}
    </>
  );
}
