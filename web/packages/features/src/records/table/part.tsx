import type { ComponentType, HTMLAttributes, Ref } from "react";

type PartProps = HTMLAttributes<HTMLDivElement> & {
  role: "grid" | "row" | "rowgroup" | "columnheader" | "rowheader" | "gridcell";
  ref?: Ref<HTMLDivElement>;
  [data: `data-${string}`]: string | undefined;
};

/**
 * A part of a table whose rows stand at computed places, which table elements cannot. What in it is to be reached
 * by keyboard is a link, a button or a cell with an index of its own. No component of its own: there are hundreds.
 */
export const Part = "div" as unknown as ComponentType<PartProps>;
