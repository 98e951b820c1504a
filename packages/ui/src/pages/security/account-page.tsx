import { ACTIONS } from "@millrace/api";
import { Badge, Button, Grid, Group, Spoiler, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { PasswordForm } from "../../app/password-form.tsx";
import { useMay, useSession } from "../../app/session-context.tsx";
import { Facts, type Fact } from "../../components/facts.tsx";
import { Page, Panel } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { TokenDialog } from "./tokens/token-dialog.tsx";
import { TokenList } from "./tokens/token-list.tsx";

const words = texts.security.account;

/** Who one is here, what one may do, one's password and tokens. */
export function AccountPage(): ReactNode {
  const { username, firstName, lastName, email, roles, permissions } = useSession();
  const [isNew, setNew] = useState(false);
  const [changes, setChanges] = useState(0);
  const may = useMay();
  const changed = (): void => {
    notifications.show({ color: "teal", message: texts.shell.passwords.done });
    // What was typed is gone.
    setChanges(changes + 1);
  };
  const name = `${firstName} ${lastName}`.trim();
  return (
    <Page title={words.title}>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack>
            <Panel title={words.person}>
              <Facts
                label={words.person}
                facts={[
                  [words.username, username],
                  [words.name, name === "" ? undefined : name],
                  [words.email, email],
                  [
                    words.roles,
                    <Group key="roles" gap={4}>
                      {roles.map((role) => (
                        <Badge key={role} variant="default" tt="none">
                          {role}
                        </Badge>
                      ))}
                    </Group>,
                  ],
                ]}
              />
            </Panel>
            <Panel title={words.permissions}>
              <Spoiler maxHeight={150} showLabel={texts.table.more} hideLabel={texts.actions.close}>
                <Facts label={words.permissions} facts={factsOf(permissions)} />
              </Spoiler>
            </Panel>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Panel title={words.password}>
            {may("can_edit", "My Password") && username !== "" ? (
              <PasswordForm key={changes} onDone={changed} />
            ) : (
              <Text size="sm">{words.noPassword}</Text>
            )}
          </Panel>
        </Grid.Col>
        {username !== "" && (
          <Grid.Col span={12}>
            <Panel
              title={texts.security.tokens.title}
              padded={false}
              actions={
                <Button size="xs" leftSection={<Plus size={14} />} onClick={() => setNew(true)}>
                  {texts.security.tokens.create}
                </Button>
              }
            >
              <TokenList />
            </Panel>
          </Grid.Col>
        )}
      </Grid>
      {isNew && <TokenDialog onClose={() => setNew(false)} />}
    </Page>
  );
}

/** By what may be done, on which resources. */
function factsOf(permissions: readonly string[]): readonly Fact[] {
  return ACTIONS.map((action) => {
    const own = permissions.filter((one) => one.startsWith(`${action} `)).map((one) => one.slice(action.length + 1));
    return [texts.security.roles.actions[action], own.length > 0 && own.sort().join(", ")];
  });
}
