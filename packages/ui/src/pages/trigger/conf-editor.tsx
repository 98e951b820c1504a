import { Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Panel } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { parseObject, type Conf } from "./trigger-draft.model.ts";

const words = texts.trigger;

/** The whole conf as JSON, which can be written and pasted as well as filled in. */
export function ConfEditor({
  conf,
  onConf,
}: {
  readonly conf: Conf;
  readonly onConf: (conf: Conf) => void;
}): ReactNode {
  // What is being written, as long as somebody writes: JSON that is half written means nothing yet.
  const [written, setWritten] = useState<string>();
  const isBroken = written !== undefined && parseObject(written) === undefined;
  const change = (text: string): void => {
    setWritten(text);
    const next = parseObject(text);
    if (next) onConf(next);
  };
  return (
    <Panel>
      <Textarea
        label={words.conf}
        description={words.confHint}
        error={isBroken ? words.confBroken : undefined}
        autosize
        minRows={4}
        maxRows={18}
        spellCheck={false}
        value={written ?? JSON.stringify(conf, undefined, 2)}
        onChange={(event) => change(event.currentTarget.value)}
        onBlur={() => {
          if (!isBroken) setWritten(undefined);
        }}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      />
    </Panel>
  );
}
