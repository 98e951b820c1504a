import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { Ellipsis, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Something that can be done. */
export interface ActionEntry {
  readonly key: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onAct: () => void;
  /** What it does, when the label alone does not say it. */
  readonly hint?: string;
  /** The key that does it, too. */
  readonly shortcut?: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  /** In the menu even where there is room for buttons. */
  readonly isRare?: boolean;
}

/** How actions are shown: as buttons with a menu for rare ones, or all in a menu, for rows and small places. */
export type ActionLook = "buttons" | "menu" | "openMenu";

/** Actions as buttons and a menu; nothing when there are none. */
export function ActionMenu({
  entries,
  look = "buttons",
  label,
}: {
  readonly entries: readonly ActionEntry[];
  readonly look?: ActionLook;
  /** Of the menu's button. */
  readonly label: string;
}): ReactNode {
  const isInMenu = ({ isRare = false }: ActionEntry): boolean => look !== "buttons" || isRare;
  const inMenu = entries.filter(isInMenu);
  return (
    <>
      {entries
        .filter((entry) => !isInMenu(entry))
        .map((entry) => (
          <EntryButton key={entry.key} entry={entry} />
        ))}
      {inMenu.length > 0 && (
        <Menu position="bottom-end" withinPortal defaultOpened={look === "openMenu"}>
          <Menu.Target>
            <ActionIcon
              variant={look === "buttons" ? "default" : "subtle"}
              size={look === "buttons" ? 30 : "sm"}
              aria-label={label}
            >
              <Ellipsis size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {inMenu.map(({ key, label: text, icon: Icon, onAct, shortcut, isDangerous, isBusy = false }) => (
              <Menu.Item
                key={key}
                leftSection={<Icon size={15} />}
                rightSection={shortcut}
                onClick={onAct}
                disabled={isBusy}
                {...(isDangerous && { color: "red" })}
              >
                {text}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

function EntryButton({ entry }: { readonly entry: ActionEntry }): ReactNode {
  const { label, icon: Icon, onAct, hint, shortcut, isDangerous, isBusy = false } = entry;
  const told = [hint, shortcut === undefined ? undefined : `[${shortcut}]`].filter(Boolean).join(" ");
  return (
    <Tooltip label={told} disabled={told === ""}>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon size={15} />}
        onClick={onAct}
        loading={isBusy}
        {...(isDangerous && { color: "red" })}
        {...(shortcut !== undefined && { "aria-keyshortcuts": shortcut })}
      >
        {label}
      </Button>
    </Tooltip>
  );
}
