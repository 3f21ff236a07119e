/** Axes with round numbers, always from zero. */

export type Scale = { low: number; high: number; ticks: number[] };

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** Steps that people count time in. */
const TIME_STEPS = [1, 2, 5, 10, 15, 20, 30]
  .map((minutes) => minutes * MINUTE)
  .concat([1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR))
  .concat([1, 2, 3, 5, 7, 14, 28, 56, 112, 224, 448].map((days) => days * DAY));

function roundStep(rough: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough * 0.999) ?? rough;
  // Half a deal is none: of 2.5 only 25, 250 and more are of use.
  return whole ? Math.max(1, step === 2.5 ? 3 : step) : step;
}

function scaleBy(step: number, most: number, least: number): Scale {
  const low = Math.floor(Math.min(0, least) / step + 1e-9);
  const high = Math.max(Math.ceil(most / step - 1e-9), low === 0 ? 1 : 0);
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => (low + at) * step + 0);
  return { low: low * step + 0, high: high * step, ticks };
}

/** About so many lines from the least (never above zero) to the most. */
export function scaleOf(most: number, least = 0, lines = 4, whole = true): Scale {
  const span = Math.max(most, 0) - Math.min(least, 0);
  return scaleBy(roundStep(span > 0 ? span / lines : 1, whole), most, least);
}

/** Seconds. */
export function timeScale(most: number, lines = 4): Scale {
  const rough = Math.max(most, MINUTE) / lines;
  return scaleBy(TIME_STEPS.find((step) => step >= rough * 0.999) ?? rough, most, 0);
}
