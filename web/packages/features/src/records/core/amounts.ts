/** Numbers and amounts as people write them. */
import type { Money } from "./types";

/** The sign between whole and part in a language. */
function decimalSign(locale: string): string {
  return (
    new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === "decimal")?.value ?? "."
  );
}

/** A decimal text of what somebody wrote ("1 234,50", "12k"); undefined when it is no number. */
export function readDecimal(text: string, locale: string): string | null | undefined {
  const bare = text.replace(/[\s\u00a0\u202f'’_]/g, "");
  if (bare === "") return null;
  const factor = /k$/i.test(bare) ? 1000 : /m$/i.test(bare) ? 1_000_000 : 1;
  let digits = factor === 1 ? bare : bare.slice(0, -1);
  const lastDot = digits.lastIndexOf(".");
  const lastComma = digits.lastIndexOf(",");
  if (lastDot >= 0 && lastComma >= 0) {
    // Whatever comes last is the sign of the decimals.
    const group = lastDot > lastComma ? "," : ".";
    digits = digits.replaceAll(group, "").replace(",", ".");
  } else if (lastComma >= 0) {
    const grouped = /^[-+]?\d{1,3}(,\d{3})+$/.test(digits) && decimalSign(locale) === ".";
    digits = grouped ? digits.replaceAll(",", "") : digits.replace(",", ".");
  } else if (/^[-+]?\d{1,3}(\.\d{3})+$/.test(digits) && decimalSign(locale) === ",") {
    digits = digits.replaceAll(".", "");
  }
  if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(digits)) return undefined;
  if (factor !== 1) return String(Math.round(Number(digits) * factor * 100) / 100);
  return digits
    .replace(/^\+/, "")
    .replace(/^(-?)\./, "$10.")
    .replace(/\.$/, "");
}

/** For an input: with the decimal sign of the language, ungrouped. */
export const writeDecimal = (decimal: string, locale: string): string =>
  decimal.replace(".", decimalSign(locale));

export const CURRENCIES = [
  "EUR",
  "USD",
  "GBP",
  "CHF",
  "CAD",
  "AUD",
  "JPY",
  "SEK",
  "NOK",
  "DKK",
  "PLN",
  "CZK",
] as const;

export function formatMoney({ amount, currency }: Money, locale: string): string {
  const value = Number(amount);
  try {
    const whole = Number.isInteger(value);
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      ...(whole ? { minimumFractionDigits: 0 } : {}),
    }).format(value);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** Short, for heads of columns: 1.2M. */
export function formatMoneyShort({ amount, currency }: Money, locale: string): string {
  try {
    return new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      notation: "compact",
      maximumFractionDigits: 1,
    }).format(Number(amount));
  } catch {
    return `${amount} ${currency}`;
  }
}
