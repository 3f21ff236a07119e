import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";

type TabLinkProps = {
  /** What of the address changes; undefined takes it out. */
  change: { [key: string]: string | undefined };
  current: boolean;
  className: string | undefined;
  children: ReactNode;
};

/** Another face of the same list. It says by itself which one is shown: the address alone does not. */
export function TabLink({ change, current, className, children }: TabLinkProps) {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { [key: string]: unknown };
  const next = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined);
  const href = `?${new URLSearchParams(next.map(([key, value]) => [key, String(value)]))}`;
  return (
    <a
      className={className}
      href={href}
      aria-current={current ? "true" : undefined}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        void navigate({ to: ".", search: (before: object) => ({ ...before, ...change }) });
      }}
    >
      {children}
    </a>
  );
}
