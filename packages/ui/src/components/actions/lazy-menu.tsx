import { Ellipsis } from "lucide-react";
import { useState, type ReactNode } from "react";
import classes from "./lazy-menu.module.css";

/**
 * A menu's button in a long list. The menu itself is made when somebody presses it: a menu for each of a hundred rows is what makes scrolling stutter.
 *
 * @param props.children the menu, open at first (`look="openMenu"`)
 */
export function LazyMenu({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return children;
  return (
    <button
      type="button"
      className={classes["button"]}
      aria-label={label}
      aria-haspopup="menu"
      onClick={() => setOpen(true)}
    >
      <Ellipsis size={16} aria-hidden />
    </button>
  );
}
