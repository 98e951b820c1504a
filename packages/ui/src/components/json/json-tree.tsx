import { ChevronDown, ChevronRight } from "lucide-react";
import { useState, type ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import { childrenOf, shortText } from "./json-tree.model.ts";
import classes from "./json-tree.module.css";

/** Members that are drawn at first; further ones are asked for. */
const PART = 100;
/** Longer texts are cut until they are asked for. */
const LONG_TEXT = 400;

/** A JSON value as a tree that opens where one looks. */
export function JsonTree({ value, label }: { readonly value: unknown; readonly label: string }): ReactNode {
  return (
    <ul className={classes["tree"]} aria-label={label}>
      <Member value={value} isOpenAtFirst />
    </ul>
  );
}

interface MemberProps {
  /** Absent at the root. */
  readonly name?: string;
  readonly value: unknown;
  readonly isOpenAtFirst?: boolean;
}

function Member({ name, value, isOpenAtFirst = false }: MemberProps): ReactNode {
  const members = childrenOf(value);
  const [isOpen, setOpen] = useState(isOpenAtFirst || (members !== undefined && members.length <= 3));
  const [shown, setShown] = useState(PART);
  const label = name === undefined ? null : <span className={classes["name"]}>{name}: </span>;
  if (members === undefined)
    return (
      <li>
        {label}
        <Leaf value={value} />
      </li>
    );
  if (members.length === 0)
    return (
      <li>
        {label}
        {Array.isArray(value) ? "[]" : "{}"}
      </li>
    );
  return (
    <li>
      <button type="button" className={classes["toggle"]} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
        {label}
        <span className={classes["short"]}>{shortText(value, members.length)}</span>
      </button>
      {isOpen && (
        <ul>
          {members.slice(0, shown).map(([key, member]) => (
            <Member key={key} name={key} value={member} />
          ))}
          {members.length > shown && (
            <li>
              <button type="button" className={classes["more"]} onClick={() => setShown(shown + PART * 10)}>
                {texts.json.more(members.length - shown)}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Leaf({ value }: { readonly value: unknown }): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const text = JSON.stringify(value);
  const kind = value === null ? "null" : typeof value;
  if (text.length <= LONG_TEXT || isWhole)
    return (
      <span className={classes["leaf"]} data-kind={kind}>
        {text}
      </span>
    );
  return (
    <>
      <span className={classes["leaf"]} data-kind={kind}>
        {text.slice(0, LONG_TEXT)}…
      </span>{" "}
      <button type="button" className={classes["more"]} onClick={() => setWhole(true)}>
        {texts.json.restOfText(text.length - LONG_TEXT)}
      </button>
    </>
  );
}
