import type { WrittenFile } from "./written";

export type FileCalls = {
  upload: (file: File, inline: boolean) => Promise<{ id: string }>;
  /** Whether the server, or the draft at the provider, still has what this address leads to. */
  isThere: (url: string) => Promise<boolean>;
};

type Mended = {
  /** The server's new names. */
  ids: Map<string, string>;
  /** Which are nowhere any more, by key: the person has to pick them again. */
  lost: string[];
};

/**
 * The server does not hold a file that a draft names: it was started anew, or it is another one. What the
 * browser still has goes there once more; of the others it is found out which are gone.
 */
export async function mendFiles(files: readonly WrittenFile[], calls: FileCalls): Promise<Mended> {
  const ids = new Map<string, string>();
  const lost: string[] = [];
  for (const one of files) {
    if (one.state !== "ready") continue;
    if (one.file !== undefined) ids.set(one.key, (await calls.upload(one.file, one.inline)).id);
    else if (one.url !== undefined && !(await calls.isThere(one.url))) lost.push(one.key);
  }
  return { ids, lost };
}
