import { type CSSProperties, useLayoutEffect, useRef, useState } from "react";
import classes from "./chart.module.css";
import { Mark } from "./mark";
import type { Scale } from "./scale";
import { BarShapes, type Bars, type Line, LineLabels, LineShapes, type Places } from "./shapes";
import { useRoving } from "./use-roving";
import { useWidth } from "./use-width";

/** What lies above each other in a column and can be pointed at by itself. */
export type PlotRow = {
  key: string;
  /** What is read aloud of this column; the tip shows the same. */
  tell: (column: number) => { title: string; lines: readonly string[] };
  /** Shows what is behind it, where there is something. */
  open?: (column: number) => (() => void) | undefined;
  /** Whose list is open. */
  isOpen?: (column: number) => boolean;
};

type PlotProps = {
  label: string;
  columns: ReadonlyArray<{ key: string; label: string; year: string }>;
  /** The last column is not over yet. */
  running: boolean;
  scale: Scale;
  formatTick: (value: number) => string;
  lines?: readonly Line[];
  bars?: readonly Bars[];
  rows: readonly PlotRow[];
  height?: number;
};

const TOP = 20;
const BOTTOM = 40;
/** A finger needs that much; of more columns than fit the picture is moved sideways. */
const LEAST_BAND = 24;
const LETTER = 6.4;
const LABEL_SPACE = 46;
const YEAR_SPACE = 36;

/** Values over time: columns from left to right, an axis from zero, each column to be pointed at, focused and opened. */
export function Plot({
  label,
  columns,
  running,
  scale,
  formatTick,
  rows,
  height = 240,
  ...drawn
}: PlotProps) {
  const [place, width] = useWidth<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<readonly [number, number]>();
  const roving = useRoving({ columns: columns.length, rows: rows.length }, columns.length - 1);
  const ticks = scale.ticks.map((value) => ({ value, text: formatTick(value) }));
  const axis = Math.ceil(Math.max(...ticks.map(({ text }) => text.length)) * LETTER) + 10;
  const band = Math.max(LEAST_BAND, (width - axis - 1) / columns.length);
  const inner = band * columns.length;
  const high = height - TOP - BOTTOM;
  const span = scale.high - scale.low;
  const places: Places = {
    band,
    x: (column) => (column + 0.5) * band,
    y: (value) => TOP + ((scale.high - value) / span) * high,
    count: columns.length,
    running,
  };
  const zero = places.y(0);

  // The newest is what people look for first.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each width of what is drawn
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollLeft = scroller.current.scrollWidth;
  }, [inner]);

  // Where the picture is moved sideways, the years before may be out of sight.
  const year = columns.at(-1)?.year;
  const yearAtEnd =
    band === LEAST_BAND && columns.slice(-4).every((one) => one.year === year) ? year : undefined;
  // A year that is over after a narrow column has no room for its name.
  const fits = (column: number) =>
    (columns[column + Math.floor(YEAR_SPACE / band)] ?? columns.at(-1))?.year === columns[column]?.year;
  const every = Math.max(1, Math.ceil(LABEL_SPACE / band));
  const tip = pointed === undefined ? undefined : rows[pointed[1]]?.tell(pointed[0]);
  return (
    <div className={classes.plot} ref={place}>
      <svg className={classes.axis} width={axis} height={height} aria-hidden="true">
        {ticks.map(({ value, text }) => (
          <text key={value} x={axis - 8} y={places.y(value) + 4} textAnchor="end">
            {text}
          </text>
        ))}
      </svg>
      <div className={classes.scroller} ref={scroller}>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of figures, not of fields */}
        <div
          className={classes.canvas}
          style={{ width: inner, height }}
          ref={roving.within}
          role="group"
          aria-label={label}
          onMouseLeave={() => setPointed(undefined)}
        >
          <svg width={inner} height={height} aria-hidden="true">
            {ticks.map(({ value }) => (
              <line
                key={value}
                className={value === 0 ? classes.zero : classes.grid}
                x1={0}
                x2={inner}
                y1={places.y(value)}
                y2={places.y(value)}
              />
            ))}
            {pointed !== undefined && (
              <rect
                className={classes.pointed}
                x={pointed[0] * band}
                y={TOP}
                width={band}
                height={height - TOP - BOTTOM}
              />
            )}
            <BarShapes bars={drawn.bars ?? []} places={places} />
            <LineShapes lines={drawn.lines ?? []} places={places} />
            {columns.map(({ key, label: name, year: ofYear }, column) => (
              <g key={key}>
                {(columns.length - 1 - column) % every === 0 && (
                  <text
                    x={
                      column === columns.length - 1
                        ? Math.min(places.x(column), inner - name.length * 3.2)
                        : places.x(column)
                    }
                    y={height - BOTTOM + 17}
                    textAnchor="middle"
                  >
                    {name}
                  </text>
                )}
                {columns[column - 1]?.year !== ofYear && fits(column) && (
                  <text className={classes.year} x={column * band + 3} y={height - 5}>
                    {ofYear}
                  </text>
                )}
              </g>
            ))}
            {yearAtEnd !== undefined && (
              <text className={classes.year} x={inner - 3} y={height - 5} textAnchor="end">
                {yearAtEnd}
              </text>
            )}
            <LineLabels lines={drawn.lines ?? []} places={places} />
          </svg>
          {columns.map(({ key }, column) =>
            rows.map((row, at) => {
              const { title, lines } = row.tell(column);
              return (
                <Mark
                  key={`${key} ${row.key}`}
                  stop={roving.mark(column, at)}
                  name={`${title}: ${lines.join(", ")}`}
                  className={classes.mark}
                  style={markBox(column, at, rows.length, { band, zero, bottom: height - BOTTOM })}
                  open={row.open?.(column)}
                  isOpen={row.isOpen?.(column)}
                  point={(on) => setPointed(on ? [column, at] : undefined)}
                />
              );
            }),
          )}
          {tip !== undefined && pointed !== undefined && (
            <div
              className={classes.tip}
              aria-hidden="true"
              style={
                places.x(pointed[0]) < inner / 2
                  ? { left: (pointed[0] + 1) * band + 4 }
                  : { right: inner - pointed[0] * band + 4 }
              }
            >
              <strong>{tip.title}</strong>
              {tip.lines.map((line) => (
                <span key={line}>{line}</span>
              ))}
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

type Edges = { band: number; zero: number; bottom: number };

/** The upper of two rows reaches from the top to the line of zero, the lower one from there to the bottom. */
function markBox(column: number, row: number, rows: number, { band, zero, bottom }: Edges): CSSProperties {
  const middle = Math.min(Math.max(zero, TOP + 28), bottom - 28);
  const [top, end] = rows === 1 ? [TOP, bottom] : row === 0 ? [TOP, middle] : [middle, bottom];
  return { left: column * band, width: band, top, height: end - top };
}
