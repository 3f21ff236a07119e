import type { CSSProperties, ReactNode } from "react";
import type { useRoving } from "./use-roving";

type MarkProps = {
  stop: ReturnType<ReturnType<typeof useRoving>["mark"]>;
  /** All that it tells. */
  name: string;
  className: string | undefined;
  style?: CSSProperties;
  /** Shows what is behind it; what has nothing behind it is read, but does nothing. */
  open?: (() => void) | undefined;
  isOpen?: boolean | undefined;
  point?: (on: boolean) => void;
  children?: ReactNode;
};

/** A figure of a picture that can be pointed at, focused and opened. */
export function Mark({ stop, name, className, style, open, isOpen, point, children }: MarkProps) {
  const shared = {
    ...stop,
    className,
    style,
    onMouseEnter: () => point?.(true),
    onFocus: () => {
      stop.onFocus();
      point?.(true);
    },
    onBlur: () => point?.(false),
  };
  if (open === undefined)
    return (
      <span role="img" aria-label={name} {...shared}>
        {children}
      </span>
    );
  return (
    <button type="button" {...shared} data-open={isOpen === true ? "" : undefined} onClick={open}>
      <span className="tn-sr-only">{name}</span>
      {/* Short, for the eye: the name says it in full. */}
      <span aria-hidden="true" style={{ display: "contents" }}>
        {children}
      </span>
    </button>
  );
}
