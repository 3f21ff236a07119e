/** A hint, not a gate: the server decides what it takes. */
export const SHORTEST_PASSWORD = 12;
export type Strength = 0 | 1 | 2 | 3 | 4;

const COMMON =
  /(password|passwort|motdepasse|azerty|qwerty|qwertz|letmein|welcome|bienvenue|admin|tenon|12345)/i;

/** Estimated from length and variety; repeated, sequential and well-known parts count little. */
export function passwordStrength(password: string, own: string[] = []): Strength {
  if (password === "") return 0;
  let bits = 0;
  let previous = -10;
  let before = -20;
  for (const char of password) {
    const code = char.codePointAt(0) ?? 0;
    const step = code - previous;
    const predictable = step === 0 || (Math.abs(step) === 1 && previous - before === step);
    bits += predictable ? 0.5 : 3.2;
    before = previous;
    previous = code;
  }
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length;
  bits += (kinds - 1) * 3;
  if (COMMON.test(password)) bits -= 22;
  const lower = password.toLowerCase();
  for (const part of own.flatMap((text) => text.toLowerCase().split(/[\s@.]+/))) {
    if (part.length > 3 && lower.includes(part)) bits -= 14;
  }
  if (password.length < SHORTEST_PASSWORD || bits < 34) return 1;
  if (bits < 46) return 2;
  return bits < 60 ? 3 : 4;
}
