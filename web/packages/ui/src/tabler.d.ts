/** Tabler types only its barrel, which costs seconds of build time; we import icons one by one. */
declare module "@tabler/icons-react/dist/esm/icons/*.mjs" {
  import type { FunctionComponent, SVGProps } from "react";

  const icon: FunctionComponent<
    Omit<SVGProps<SVGSVGElement>, "stroke"> & { size?: number | string; stroke?: number | string }
  >;
  export default icon;
}
