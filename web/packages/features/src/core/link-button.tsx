import { Button, type ButtonProps } from "@mantine/core";
import { createLink, type LinkComponent } from "@tanstack/react-router";
import type { Ref } from "react";

type AnchorButtonProps = ButtonProps & {
  ref?: Ref<HTMLAnchorElement>;
  "aria-label"?: string;
  onClick?: () => void;
};

function AnchorButton({ ref, ...props }: AnchorButtonProps) {
  return <Button component="a" ref={ref} {...props} />;
}

/** A link that looks like a button, with the router's typed addresses. */
export const LinkButton: LinkComponent<typeof AnchorButton> = createLink(AnchorButton);
