import { getSystem } from "@millrace/api";
import { Alert, Anchor, AppShell, Burger, Group, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { useEffect, type ReactNode } from "react";
import { useCall } from "../server/queries.ts";
import { texts } from "../texts/index.ts";
import { LiveSign } from "./live-sign.tsx";
import { Logo } from "./logo.tsx";
import { NAVIGATION, type NavigationEntry } from "./navigation.ts";
import { PersonMenu } from "./person-menu.tsx";
import { SearchBox } from "./search-box.tsx";
import { useMay } from "./session-context.tsx";
import { ShortcutsOverview } from "./shortcuts-overview.tsx";
import classes from "./shell.module.css";
import { ZonePicker } from "./zone-picker.tsx";

/** The frame of all pages: header, navigation, footer, and what everybody must know now. */
export function Shell(): ReactNode {
  const [isOpen, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  const { close } = menu;
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
      layout="alt"
      transitionDuration={0}
    >
      <a href="#content" className={classes["skip"]}>
        {texts.shell.skip}
      </a>
      <AppShell.Header className={classes["bar"]}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" style={{ flex: 1, minWidth: 0 }}>
            <Burger
              opened={isOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={texts.shell.menu}
              aria-expanded={isOpen}
            />
            <SearchBox />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LiveSign />
            <ZonePicker />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes["bar"]}>
        <Group h={48} px="md" gap="sm" justify="space-between" wrap="nowrap">
          <Link to="/" className={classes["name"]}>
            <Logo />
            <span>Millrace</span>
          </Link>
          <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={texts.actions.close} />
        </Group>
        <AppShell.Section grow component={ScrollArea} px={6}>
          <Navigation />
        </AppShell.Section>
        <AppShell.Section>
          <Footer />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: "none" }}>
        <SystemWarning />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation(): ReactNode {
  const may = useMay();
  const isShown = ({ needs }: NavigationEntry): boolean => needs === undefined || may(...needs);
  return (
    <nav aria-label={texts.shell.navigation}>
      {NAVIGATION.map(({ label, entries }) => {
        const shown = entries.filter(isShown);
        return shown.length === 0 ? null : (
          <div key={label ?? ""}>
            {label !== undefined && <Text className={classes["heading"]}>{label}</Text>}
            {shown.map((entry) => (
              <NavigationLink key={entry.to} entry={entry} />
            ))}
          </div>
        );
      })}
    </nav>
  );
}

function NavigationLink({ entry }: { readonly entry: NavigationEntry }): ReactNode {
  const { pathname } = useLocation();
  const isHere = entry.to === "/" ? pathname === "/" : pathname === entry.to || pathname.startsWith(`${entry.to}/`);
  const Icon = entry.icon;
  return (
    <NavLink
      component={Link}
      to={entry.to}
      label={entry.label}
      leftSection={<Icon size={16} aria-hidden />}
      active={isHere}
      aria-current={isHere ? "page" : undefined}
      className={classes["entry"]}
    />
  );
}

/** Nothing starts without a scheduler: said on each page. */
function SystemWarning(): ReactNode {
  const system = useCall(getSystem, {}, { live: { about: "dags" }, staleTime: 15_000 });
  if (system.data?.isLive !== false) return null;
  return (
    <Alert color="orange" icon={<TriangleAlert size={18} />} mb="md" role="status">
      {texts.shell.noScheduler}
    </Alert>
  );
}

function Footer(): ReactNode {
  const system = useCall(getSystem, {}, { staleTime: 15_000 });
  return (
    <footer className={classes["footer"]}>
      <ShortcutsOverview />
      <Group px={8} gap="xs" fz="xs" c="var(--text-dim)" justify="space-between">
        <span>{system.data ? `${texts.shell.version} ${system.data.version}` : texts.shell.version}</span>
        <Anchor href="/api" fz="xs">
          {texts.shell.api}
        </Anchor>
      </Group>
    </footer>
  );
}
