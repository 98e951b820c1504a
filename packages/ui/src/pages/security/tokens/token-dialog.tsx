import { createToken } from "@millrace/api";
import { Alert, Button, Code, Group, Modal, MultiSelect, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { useSession } from "../../../app/session-context.tsx";
import { ErrorState } from "../../../components/answer.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { client } from "../../../server/client.ts";
import { useAct } from "../../../server/use-act.ts";
import { texts } from "../../../texts/index.ts";
import { expiryAfter } from "./token-expiry.model.ts";

const words = texts.security.tokens;
const DAYS = ["7", "30", "90", "365", "never"] as const;

/** Makes a token, and shows it once. It is open as long as it is mounted. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [made, setMade] = useState<string>();
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.create}
      // Whoever clicks beside the dialog would never see the token again.
      closeOnClickOutside={made === undefined}
      closeButtonProps={{ "aria-label": texts.actions.close }}
    >
      {made === undefined ? (
        <TokenForm onMade={setMade} onClose={onClose} />
      ) : (
        <Stack>
          <Alert color="teal" role="status">
            {words.once}
          </Alert>
          <Group wrap="nowrap" gap="xs">
            <Code block style={{ flex: 1, overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
              {made}
            </Code>
            <CopyButton text={made} />
          </Group>
          <Group justify="flex-end">
            <Button onClick={onClose}>{words.done}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function TokenForm({
  onMade,
  onClose,
}: {
  readonly onMade: (token: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { permissions } = useSession();
  const [name, setName] = useState("");
  const [days, setDays] = useState<(typeof DAYS)[number]>("90");
  const [scopes, setScopes] = useState<readonly string[]>();
  const act = useAct({
    run: async () => {
      const expiresAt = expiryAfter(days, Date.now());
      const { token } = await client.call(createToken, {
        body: {
          name,
          ...(scopes && { scopes: [...scopes] }),
          ...(expiresAt !== undefined && { expiresAt: expiresAt }),
        },
      });
      onMade(token);
    },
    showsErrors: false,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={words.name}
          description={words.nameHint}
          required
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label={words.expiry}
          allowDeselect={false}
          value={days}
          data={DAYS.map((each) => ({ value: each, label: words.expiries[each] }))}
          onChange={(value) => setDays(DAYS.find((each) => each === value) ?? "90")}
        />
        <Radio.Group
          label={words.scope}
          value={scopes ? "some" : "all"}
          onChange={(value) => setScopes(value === "all" ? undefined : [])}
        >
          <Group mt={4}>
            <Radio value="all" label={words.scopeAll} />
            <Radio value="some" label={words.scopeSome} />
          </Group>
        </Radio.Group>
        {scopes && (
          <>
            <MultiSelect
              aria-label={words.scope}
              searchable
              clearable
              limit={100}
              data={[...permissions]}
              value={[...scopes]}
              onChange={setScopes}
            />
            <Button
              size="compact-sm"
              variant="subtle"
              style={{ alignSelf: "flex-start" }}
              onClick={() => setScopes(permissions.filter((each) => each.startsWith("can_read ")))}
            >
              {words.scopeRead}
            </Button>
          </>
        )}
        {act.error && <ErrorState error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.actions.cancel}
          </Button>
          <Button type="submit" loading={act.isPending} disabled={scopes?.length === 0}>
            {words.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
