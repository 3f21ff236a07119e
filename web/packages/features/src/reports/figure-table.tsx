import type { ReactNode } from "react";
import classes from "./reports.module.css";

export type Cell = string | { text: ReactNode; open: (() => void) | undefined; name: string };

type FigureTableProps = {
  caption: string;
  /** The first one names the rows. */
  columns: readonly string[];
  rows: ReadonlyArray<{ key: string; cells: readonly [string, ...Cell[]] }>;
};

/** The figures of a picture, to be read one by one. */
export function FigureTable({ caption, columns, rows }: FigureTableProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of figures, not of fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved sideways by keys
    <div role="group" className={classes.tableBox} aria-label={caption} tabIndex={0}>
      <table className={classes.table}>
        <caption className="tn-sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [head, ...cells] }) => (
            <tr key={key}>
              <th scope="row">{head}</th>
              {cells.map((cell, at) => (
                <td key={columns[at + 1]}>
                  {typeof cell === "string" ? (
                    cell
                  ) : cell.open === undefined ? (
                    cell.text
                  ) : (
                    <button
                      type="button"
                      className={classes.figureLink}
                      aria-label={cell.name}
                      onClick={cell.open}
                    >
                      {cell.text}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
