import classes from "./reports.module.css";

export type Headline = {
  key: string;
  label: string;
  value: string;
  note?: string | undefined;
  open?: (() => void) | undefined;
  isOpen?: boolean;
};

/** The few figures that the picture is about. */
export function Headlines({ items }: { items: readonly Headline[] }) {
  return (
    <ul className={classes.headlines}>
      {items.map(({ key, label, value, note, open, isOpen }) => {
        const inside = (
          <>
            <span className={classes.headlineLabel}>{label}</span>
            <span className={classes.headlineValue}>{value}</span>
            {note !== undefined && <span className={classes.headlineNote}>{note}</span>}
          </>
        );
        return (
          <li key={key} data-figure={key}>
            {open === undefined ? (
              <div className={classes.headline}>{inside}</div>
            ) : (
              <button
                type="button"
                className={classes.headline}
                data-open={isOpen === true ? "" : undefined}
                onClick={open}
              >
                {inside}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
