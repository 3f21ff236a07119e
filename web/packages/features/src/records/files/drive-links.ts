/** Links to Drive files out of pasted text, line by line. The server looks at each once more. */

const HOSTS = new Set(["docs.google.com", "drive.google.com"]);
const LINK = /https?:\/\/[^\s<>"]+/gi;
/** An id in the path, as Docs and Drive write it. */
const IN_PATH = /\/(?:d|folders)\/(?:e\/)?[\w-]{10,}/;

export type PastedLine =
  | { line: number; text: string; links: string[]; problem: undefined }
  | { line: number; text: string; links: []; problem: "no_link" | "not_drive" | "no_file" };

/** Why a link cannot be one to a file of Drive; undefined when it may be. */
function problemOf(link: string): "not_drive" | "no_file" | undefined {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return "not_drive";
  }
  if (!HOSTS.has(url.hostname)) return "not_drive";
  const byQuery = url.searchParams.get("id") ?? "";
  return IN_PATH.test(url.pathname) || /^[\w-]{10,}$/.test(byQuery) ? undefined : "no_file";
}

/** Lines without anything in them are left out; what was copied along with a link does no harm. */
export function readLines(pasted: string): PastedLine[] {
  return pasted.split(/\r?\n/).flatMap((raw, at): PastedLine[] => {
    const text = raw.trim();
    if (text === "") return [];
    const line = at + 1;
    // What ends a sentence or closes a bracket is no part of it.
    const links = (text.match(LINK) ?? []).map((link) => link.replace(/[).,;\]]+$/, ""));
    if (links.length === 0) return [{ line, text, links: [], problem: "no_link" }];
    const problem = links.map(problemOf).find((one) => one !== undefined);
    return problem === undefined
      ? [{ line, text, links, problem: undefined }]
      : [{ line, text, links: [], problem }];
  });
}

/** Each once, in the order in which they stand. */
export const linksOf = (lines: readonly PastedLine[]): string[] => [
  ...new Set(lines.flatMap(({ links }) => links)),
];
