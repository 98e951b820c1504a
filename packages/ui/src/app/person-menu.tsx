import { logOut } from "@millrace/api";
import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleUser, LogIn, LogOut, Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { client } from "../server/client.ts";
import { keepCsrfToken } from "../server/session-store.ts";
import { texts } from "../texts/index.ts";
import { useSession } from "./session-context.tsx";

/** Who is logged in, the colours of the page, and the way out. */
export function PersonMenu(): ReactNode {
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isKnown = session.username !== "";
  const leave = async (): Promise<void> => {
    await client.call(logOut);
    keepCsrfToken(undefined);
    queries.clear();
    location.assign("/");
  };
  const colors = [
    ["light", texts.shell.light, Sun],
    ["dark", texts.shell.dark, Moon],
    ["auto", texts.shell.auto, Monitor],
  ] as const;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.shell.account} size="lg">
          <CircleUser size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isKnown && (
          <Menu.Label>
            {session.username} · {session.roles.join(", ")}
          </Menu.Label>
        )}
        {isKnown && (
          <Menu.Item leftSection={<CircleUser size={15} />} onClick={() => void navigate({ to: "/account" })}>
            {texts.shell.account}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>{texts.shell.colors}</Menu.Label>
        {colors.map(([scheme, label, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={15} />}
            onClick={() => setColorScheme(scheme)}
            aria-current={scheme === colorScheme || undefined}
            fw={scheme === colorScheme ? 600 : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {isKnown ? (
          <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void leave()}>
            {texts.shell.logOut}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<LogIn size={15} />} onClick={() => location.assign("/?login")}>
            {texts.shell.logIn}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
