import { Button, Group, Kbd, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Keyboard } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { keysOf } from "../components/shortcuts.model.ts";
import { useShortcut, useShortcutKeys, useShortcuts, type Shortcut } from "../components/shortcuts.ts";
import { texts } from "../texts/index.ts";

const words = texts.shell;

const PLACES = [
  { keys: "g h", label: words.home, to: "/" },
  { keys: "g d", label: words.dags, to: "/dags" },
  { keys: "g r", label: words.runs, to: "/runs" },
  { keys: "g t", label: words.taskInstances, to: "/task-instances" },
  { keys: "g a", label: words.assets, to: "/assets" },
  { keys: "g b", label: words.backfills, to: "/backfills" },
] as const;

/** The search box listens by itself, while somebody types, too. */
const OF_SEARCH: readonly Shortcut[] = ["Ctrl+K", "/"].map((keys) => ({
  keys,
  label: words.searchAnything,
  group: words.everywhere,
}));

/** Come last: what the page has of its own is looked for first. */
const EVERYWHERE: readonly string[] = [words.goTo, words.everywhere];

/** Listens to shortcuts, offers those that work everywhere, and lists all that work now when `?` is pressed. */
export function ShortcutsOverview(): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  useShortcutKeys();
  useShortcut({ keys: "?", label: words.showShortcuts, group: words.everywhere }, open);
  return (
    <>
      {PLACES.map((place) => (
        <PlaceShortcut key={place.keys} {...place} />
      ))}
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        fw={400}
        visibleFrom="sm"
        onClick={open}
        leftSection={<Keyboard size={14} aria-hidden />}
      >
        {words.shortcuts}{" "}
        <Kbd size="xs" ml={6}>
          ?
        </Kbd>
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={words.shortcuts}
        closeButtonProps={{ "aria-label": texts.actions.close }}
      >
        <Overview />
      </Modal>
    </>
  );
}

function PlaceShortcut({ keys, label, to }: (typeof PLACES)[number]): ReactNode {
  const navigate = useNavigate();
  useShortcut({ keys, label, group: words.goTo }, () => void navigate({ to }));
  return null;
}

function Overview(): ReactNode {
  const groups = Map.groupBy([...useShortcuts(), ...OF_SEARCH], ({ group }) => group);
  const shown = [...groups].sort(([one], [other]) => EVERYWHERE.indexOf(one) - EVERYWHERE.indexOf(other));
  return (
    <Stack gap="md">
      <Text size="sm" c="var(--text-dim)">
        {words.shortcutsHint}
      </Text>
      {shown.map(([group, shortcuts]) => (
        <section key={group} aria-label={group}>
          <Title order={3}>{group}</Title>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {shortcuts.map(({ keys, label }) => (
                <Table.Tr key={keys}>
                  <Table.Td>{label}</Table.Td>
                  <Table.Td>
                    <Group gap={4} justify="flex-end">
                      <Keys keys={keys} />
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      ))}
    </Stack>
  );
}

function Keys({ keys }: { readonly keys: string }): ReactNode {
  return keysOf(keys).map((key, index) => (
    <Fragment key={index}>
      {index > 0 && (
        <Text span size="xs" c="var(--text-dim)">
          {words.then}
        </Text>
      )}
      <Kbd size="sm">{key}</Kbd>
    </Fragment>
  ));
}
