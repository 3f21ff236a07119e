import type { ReactNode } from "react";
import { Logo } from "./logo";
import classes from "./shell.module.css";

export type ShellItem = {
  key: string;
  /** Renders the link with the given class and inside. The host knows its router, this package does not. */
  link: (props: { className: string; children: ReactNode }) => ReactNode;
  icon: ReactNode;
  label: string;
  /** A spoken note; the item then bears a dot. */
  attention?: string | undefined;
  /** On a phone there is no room for all: these stand in the menu `more` there. */
  fold?: boolean;
};

type ShellProps = {
  navLabel: string;
  skipLabel: string;
  brand: (props: { className: string; children: ReactNode }) => ReactNode;
  items: ShellItem[];
  /** A menu of what has no place of its own; it gets the class of an item. */
  more?: (className: string) => ReactNode;
  end: ReactNode;
  banner?: ReactNode;
  children: ReactNode;
};

/** The frame of the app: a rail at the side, at the bottom on phones, and the page. */
export function Shell({ navLabel, skipLabel, brand, items, more, end, banner, children }: ShellProps) {
  return (
    <div className={classes.shell}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to the content; focus is set by hand because it lies in the page */}
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {skipLabel}
      </a>
      <nav className={classes.rail} aria-label={navLabel} data-no-print>
        {brand({ className: classes.brand ?? "", children: <Logo size={28} /> })}
        <ul className={classes.items}>
          {items.map((item) => (
            <li key={item.key} data-fold={item.fold === true ? "" : undefined}>
              {item.link({
                className: classes.item ?? "",
                children: (
                  <>
                    {item.icon}
                    <span>{item.label}</span>
                    {item.attention !== undefined && (
                      <span className={classes.mark} role="img" aria-label={item.attention} />
                    )}
                  </>
                ),
              })}
            </li>
          ))}
          {more !== undefined && <li>{more(classes.item ?? "")}</li>}
        </ul>
        <div className={classes.end}>{end}</div>
      </nav>
      <main className={classes.main} id="main" tabIndex={-1}>
        {banner !== undefined && <div className={classes.banner}>{banner}</div>}
        <div className={classes.content}>{children}</div>
      </main>
    </div>
  );
}
