import { Link, useLocation, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./route-tabs.module.css";

/** A tab that is a route of its own. */
export interface RouteTab {
  readonly label: ReactNode;
  readonly link: LinkProps;
  /** The end of the path when it is the present one, like `/grid`. */
  readonly path: string;
}

/** Tabs whose choice is in the URL: links, so that they can be opened beside and gone back from. */
export function RouteTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly RouteTab[] }): ReactNode {
  const { pathname } = useLocation();
  return (
    <nav aria-label={label} className={classes["tabs"]}>
      {tabs.map((tab) => {
        const isHere = pathname.endsWith(tab.path);
        return (
          <Link key={tab.path} {...tab.link} className={classes["tab"]} aria-current={isHere ? "page" : undefined}>
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}
