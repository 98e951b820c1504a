import { search } from "@millrace/api";
import { Button, Kbd, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { useNavigate, useRouter, type LinkProps } from "@tanstack/react-router";
import { Boxes, ListChecks, Search, SquareFunction, Workflow } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { useCall } from "../server/queries.ts";
import { texts } from "../texts/index.ts";
import { NAVIGATION } from "./navigation.ts";
import { useMay } from "./session-context.tsx";

/** Goes anywhere by name: Ctrl+K or `/`, and type. */
export function SearchBox(): ReactNode {
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const found = useCall(search, { query: { text: wanted, limit: 6 } }, { enabled: wanted !== "", keepsPrevious: true });
  const navigate = useNavigate();
  const { buildLocation } = useRouter();
  const may = useMay();
  const actions = useMemo(() => {
    const go = (link: LinkProps) => () => void navigate(link);
    const pages = NAVIGATION.flatMap(({ entries }) => entries)
      .filter(
        ({ needs, label }) =>
          (needs === undefined || may(...needs)) && label.toLowerCase().includes(text.trim().toLowerCase()),
      )
      .slice(0, text === "" ? 8 : 4)
      .map(({ label, to, icon: Icon }): SpotlightActionData => ({
        id: to,
        label,
        leftSection: <Icon size={16} />,
        onClick: go({ to }),
      }));
    if (wanted === "" || !found.data) return pages;
    const { dags, tasks, runs, assets } = found.data;
    return [
      ...dags.map(({ dagId }): SpotlightActionData => ({
        id: `dag ${dagId}`,
        label: dagId,
        description: texts.shell.dags,
        leftSection: <Workflow size={16} />,
        onClick: go({ to: "/dags/$dagId/grid", params: { dagId } }),
      })),
      ...tasks.map(({ dagId, taskId }): SpotlightActionData => ({
        id: `task ${dagId} ${taskId}`,
        label: taskId,
        description: dagId,
        leftSection: <SquareFunction size={16} />,
        onClick: go({ to: "/dags/$dagId/tasks", params: { dagId }, search: { task: taskId } }),
      })),
      ...runs.map(({ dagId, runKey }): SpotlightActionData => ({
        id: `run ${dagId} ${runKey}`,
        label: runKey,
        description: dagId,
        leftSection: <ListChecks size={16} />,
        onClick: go({ to: "/dags/$dagId/runs/$runKey", params: { dagId, runKey } }),
      })),
      ...assets.map(({ uri }): SpotlightActionData => ({
        id: `asset ${uri}`,
        label: uri,
        description: texts.shell.assets,
        leftSection: <Boxes size={16} />,
        onClick: go({ to: "/assets/asset", search: { uri } }),
      })),
      ...pages,
    ];
  }, [found.data, wanted, text, navigate, may, buildLocation]);
  return (
    <>
      <Button
        variant="default"
        size="compact-md"
        fw={400}
        c="dimmed"
        onClick={spotlight.open}
        leftSection={<Search size={15} aria-hidden />}
        rightSection={
          <Kbd size="xs" visibleFrom="md">
            Ctrl K
          </Kbd>
        }
        style={{ minWidth: 0, flex: "0 1 340px" }}
        styles={{ label: { flex: 1 } }}
      >
        <Text span truncate size="sm">
          {texts.actions.search}
        </Text>
      </Button>
      <Spotlight
        query={text}
        onQueryChange={setText}
        actions={actions}
        filter={(_, all) => all}
        shortcut={["mod + K", "/"]}
        nothingFound={wanted !== "" && !found.isFetching ? texts.shell.searchNothing : "…"}
        searchProps={{
          placeholder: texts.shell.searchPlaceholder,
          leftSection: <Search size={18} />,
          "aria-label": texts.shell.searchPlaceholder,
        }}
        scrollable
        maxHeight={420}
      />
    </>
  );
}
