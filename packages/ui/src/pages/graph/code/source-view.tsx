import { Group, Text } from "@mantine/core";
import { useEffect, useRef, type ReactNode } from "react";
import { useFilters } from "../../../app/url-filters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Panel } from "../../../components/page.tsx";
import { texts } from "../../../texts/index.ts";
import { CodeLine } from "./code-line.tsx";
import classes from "./code.module.css";
import { useHighlighted } from "./use-highlighted.ts";

/** The file of a version, in colours; each line has an address. */
export function SourceView({
  dagId,
  version,
  file,
  source,
}: {
  readonly dagId: string;
  readonly version: number;
  readonly file: string;
  readonly source: string;
}): ReactNode {
  const [{ line }, change] = useFilters<"line">();
  const lines = useHighlighted([dagId, version], source);
  const picked = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const list = picked.current?.parentElement;
    // Only the list: the page stays where it is.
    if (picked.current && list) list.scrollTop = picked.current.offsetTop - list.clientHeight / 2;
  }, [version]);
  return (
    <Panel
      padded={false}
      title={
        <Text span ff="monospace" fz="sm">
          {file}
        </Text>
      }
      actions={
        <Group gap="xs">
          <Text size="xs" c="var(--text-dim)">
            {texts.graph.code.lines(lines.length)}
          </Text>
          <CopyButton text={source} label={texts.graph.code.copy} />
        </Group>
      }
    >
      <ol className={classes["code"]} tabIndex={0} aria-label={file}>
        {lines.map((tokens, index) => {
          const number = String(index + 1);
          const isPicked = line === number;
          return (
            <li
              key={number}
              ref={isPicked ? picked : undefined}
              className={classes["line"]}
              data-picked={isPicked || undefined}
            >
              <button
                type="button"
                className={classes["number"]}
                tabIndex={-1}
                aria-label={texts.graph.code.linkTo(index + 1)}
                onClick={() => change({ line: isPicked ? undefined : number })}
              >
                {number}
              </button>
              <span className={classes["text"]}>
                <CodeLine tokens={tokens} />
              </span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
