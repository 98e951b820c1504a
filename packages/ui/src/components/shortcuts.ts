// One registry of keyboard shortcuts: whoever offers an action registers its key while it is on screen, and the overview lists what is registered.
import { useEffect, useRef, useSyncExternalStore } from "react";
import { matchKeys } from "./shortcuts.model.ts";

/** A shortcut that works now. */
export interface Shortcut {
  /** One key (`c`), or several one after the other (`g d`). */
  readonly keys: string;
  /** What it does, like "Clear". */
  readonly label: string;
  /** Heading in the overview. */
  readonly group: string;
}

interface Registered extends Shortcut {
  readonly run: () => void;
}

/** How long after the first key the second one counts, in milliseconds. */
const PATIENCE_MS = 1_200;
const TYPED_INTO = "input, textarea, select, [contenteditable=true], [role=combobox], [role=textbox]";

let registered: readonly Registered[] = [];
let shown: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Registered[]): void {
  registered = next;
  shown = next.filter(({ keys }, index) => next.findLastIndex((other) => other.keys === keys) === index);
  for (const listener of listeners) listener();
}

/** All shortcuts that work now; of two with the same keys the one that came last. For the overview. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}

/** Offers a shortcut while the component is on screen. Not while somebody types or a dialog is open. @param isEnabled default true */
export function useShortcut({ keys, label, group }: Shortcut, run: () => void, isEnabled = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!isEnabled) return undefined;
    const one: Registered = { keys, label, group, run: () => latest.current() };
    change([...registered, one]);
    return () => change(registered.filter((other) => other !== one));
  }, [keys, label, group, isEnabled]);
}

/** Listens to the keyboard for all shortcuts; once, in the frame of all pages. */
export function useShortcutKeys(): void {
  useEffect(() => {
    let begun = "";
    let forget: ReturnType<typeof setTimeout> | undefined;
    const hear = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.repeat || isElsewhere(event.target)) return;
      const match = matchKeys(
        registered.map(({ keys }) => keys),
        begun,
        event,
      );
      clearTimeout(forget);
      begun = match.kind === "begun" ? match.keys : "";
      if (match.kind === "begun") forget = setTimeout(() => (begun = ""), PATIENCE_MS);
      if (match.kind !== "found") return;
      event.preventDefault();
      registered.findLast(({ keys }) => keys === match.keys)?.run();
    };
    document.addEventListener("keydown", hear);
    return () => {
      document.removeEventListener("keydown", hear);
      clearTimeout(forget);
    };
  }, []);
}

function isElsewhere(target: EventTarget | null): boolean {
  const isTyping = target instanceof Element && target.closest(TYPED_INTO) !== null;
  return isTyping || document.querySelector("[role=dialog][aria-modal=true], [role=menu]") !== null;
}
