/** Addresses as people type and paste them: lists with names, lines, semicolons. */

export type Recipient = { name: string; address: string; valid: boolean };

/** The longest path an address may have (RFC 5321, 4.5.3.1.3, without the angle brackets). */
const LONGEST = 254;
const LONGEST_LOCAL = 64;

/** What could be delivered to: not every address of RFC 5322, only those that mail hosts accept. */
export function isAddress(address: string): boolean {
  if (address.length > LONGEST || /[\s\p{Cc}<>(),;:"\\[\]]/u.test(address)) return false;
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  if (at < 1 || local.length > LONGEST_LOCAL || local.includes("@")) return false;
  if (local.startsWith(".") || local.endsWith(".") || local.includes("..")) return false;
  const parts = address.slice(at + 1).split(".");
  return (
    parts.length > 1 &&
    parts.every(
      (part) =>
        part.length > 0 &&
        part.length <= 63 &&
        /^[\p{L}\p{N}]([\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u.test(part),
    )
  );
}

/** Cuts at commas, semicolons and line ends, but not within quotes or angle brackets. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = "";
  let quoted = false;
  let angled = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === "\\" && quoted) {
      piece += char + (text[at + 1] ?? "");
      at += 1;
      continue;
    }
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === "<") angled = true;
    else if (!quoted && char === ">") angled = false;
    const ends = /[\r\n\t]/.test(char) || (!quoted && !angled && /[,;]/.test(char));
    if (ends) {
      found.push(piece);
      piece = "";
      // A line end also ends what was opened by mistake.
      if (/[\r\n]/.test(char)) quoted = angled = false;
    } else piece += char;
  }
  found.push(piece);
  return found.map((part) => part.trim()).filter((part) => part !== "");
}

const unquote = (name: string) =>
  name
    .trim()
    .replace(/^"([\s\S]*)"$/, "$1")
    .replace(/\\(.)/g, "$1")
    .trim();

function one(piece: string): Recipient[] {
  const angled = /^(.*?)<([^<>]*)>\s*$/s.exec(piece);
  if (angled !== null) {
    const address = (angled[2] ?? "").trim().replace(/^mailto:/i, "");
    return [{ name: unquote(angled[1] ?? ""), address, valid: isAddress(address) }];
  }
  const bare = piece.replace(/^mailto:/i, "");
  const words = bare.split(/\s+/);
  // Addresses with nothing but blanks between them.
  if (words.length > 1 && words.every((word) => isAddress(word)))
    return words.map((address) => ({ name: "", address, valid: true }));
  return [{ name: "", address: bare, valid: isAddress(bare) }];
}

export const parseRecipients = (text: string): Recipient[] => pieces(text).flatMap(one);

/** Added behind what is there, each address once whatever its capitals. */
export function addRecipients(there: readonly Recipient[], more: readonly Recipient[]): Recipient[] {
  const all = [...there];
  for (const recipient of more) {
    const known = all.some((other) => other.address.toLowerCase() === recipient.address.toLowerCase());
    if (!known) all.push(recipient);
  }
  return all;
}

/** As it is written in a field, to be edited or copied. */
export function writeRecipient({ name, address }: Pick<Recipient, "name" | "address">): string {
  if (name === "") return address;
  const plain = /^[\p{L}\p{N} !#$%&'*+/=?^_`{|}~.-]+$/u.test(name) && !name.includes("..");
  return `${plain ? name : `"${name.replace(/(["\\])/g, "\\$1")}"`} <${address}>`;
}
