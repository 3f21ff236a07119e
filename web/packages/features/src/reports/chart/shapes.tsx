import classes from "./chart.module.css";

/** Colours by what they mean; the style sheet knows them for both themes. */
export type Tone = "main" | "soft" | "won" | "lost" | "quiet";

export type Line = {
  key: string;
  /** Null where there is nothing to tell. */
  values: ReadonlyArray<number | null>;
  label: string;
  tone: Tone;
  area?: boolean;
  dashed?: boolean;
};
/** Below zero they hang down. */
export type Bars = { key: string; values: readonly number[]; tone: Tone };

export type Places = {
  band: number;
  x: (column: number) => number;
  y: (value: number) => number;
  count: number;
  running: boolean;
};

const MOST_WIDE = 56;
/** What is there is seen. */
const LEAST_HIGH = 2;

export function BarShapes({ bars, places }: { bars: readonly Bars[]; places: Places }) {
  const wide = Math.min(MOST_WIDE, Math.max(6, places.band * 0.62));
  const zero = places.y(0);
  return bars.map(({ key, values, tone }) => (
    <g key={key} data-tone={tone} className={classes.bars}>
      {values.map((value, column) => {
        if (value === 0) return null;
        const high = Math.max(LEAST_HIGH, Math.abs(places.y(value) - zero));
        return (
          <rect
            key={column}
            data-running={places.running && column === places.count - 1 ? "" : undefined}
            x={places.x(column) - wide / 2}
            y={value > 0 ? zero - high : zero}
            width={wide}
            height={high}
            rx={2}
          />
        );
      })}
    </g>
  ));
}

type Point = readonly [column: number, value: number];

/** Runs of values without a gap. */
export function runsOf(values: ReadonlyArray<number | null>): Point[][] {
  const runs: Point[][] = [];
  values.forEach((value, column) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1)?.[0] === column - 1) last.push([column, value]);
    else runs.push([[column, value]]);
  });
  return runs;
}

export function LineShapes({ lines, places: { x, y } }: { lines: readonly Line[]; places: Places }) {
  return lines.map(({ key, values, tone, area, dashed }) => (
    <g key={key} data-tone={tone}>
      {runsOf(values).map((run) => {
        const path = run.map(([column, value]) => `${x(column)},${y(value)}`).join(" L");
        const [first = 0, last = 0] = [run[0]?.[0], run.at(-1)?.[0]];
        return (
          <g key={first}>
            {area === true && (
              <path className={classes.area} d={`M${x(first)},${y(0)} L${path} L${x(last)},${y(0)} Z`} />
            )}
            <path className={classes.line} data-dashed={dashed === true ? "" : undefined} d={`M${path}`} />
            {run.map(([column, value]) => (
              <circle key={column} className={classes.dot} cx={x(column)} cy={y(value)} r={3} />
            ))}
          </g>
        );
      })}
    </g>
  ));
}

const APART = 16;

/** Each line is called by its name where it ends. */
export function LineLabels({ lines, places }: { lines: readonly Line[]; places: Places }) {
  const ends = lines
    .flatMap((line) => {
      const run = runsOf(line.values).at(-1) ?? [];
      const [column, value] = run.at(-1) ?? [];
      if (column === undefined || value === undefined) return [];
      return [{ line, column, value, before: run.at(-2)?.[1] ?? value, y: places.y(value) - 8 }];
    })
    .sort((a, b) => a.y - b.y);
  // Where the lowest line comes down to its end, there is room below.
  const lowest = ends.at(-1);
  if (lowest !== undefined && lowest.before > lowest.value && places.y(lowest.value) + 24 < places.y(0))
    lowest.y += 26;
  // From the lowest up, so that none lies on another.
  for (let at = ends.length - 2; at >= 0; at -= 1) {
    const [upper, lower] = [ends[at], ends[at + 1]];
    if (upper !== undefined && lower !== undefined) upper.y = Math.min(upper.y, lower.y - APART);
  }
  return ends.map(({ line, column, y }) => (
    <text
      key={line.key}
      className={classes.name}
      data-tone={line.tone}
      x={places.x(column) + Math.min(places.band / 2, 6)}
      y={Math.max(y, 12)}
      textAnchor="end"
    >
      {line.label}
    </text>
  ));
}

/** What the colours of bars mean, beside them. */
export function Captions({ entries }: { entries: ReadonlyArray<readonly [tone: Tone, label: string]> }) {
  return (
    <ul className={classes.captions}>
      {entries.map(([tone, label]) => (
        <li key={tone} data-tone={tone}>
          <svg width="10" height="10" aria-hidden="true">
            <rect className={classes.swatch} width="10" height="10" rx="2" />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
