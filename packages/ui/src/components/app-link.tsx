import { Anchor, Button, type AnchorProps, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { forwardRef, type AnchorHTMLAttributes } from "react";

type Html = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

/** A link within the application; its target is checked against the routes. */
export const AppLink = createLink(
  forwardRef<HTMLAnchorElement, AnchorProps & Html>((props, ref) => <Anchor ref={ref} inherit {...props} />),
);

type ButtonHtml = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps>;

/** A link that looks like a button. */
export const ButtonLink = createLink(
  forwardRef<HTMLAnchorElement, ButtonProps & ButtonHtml>((props, ref) => (
    <Button ref={ref} component="a" {...props} />
  )),
);
