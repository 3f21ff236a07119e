/** Saves an answer of the server as a file. What is asked for stands in the body, never in an address. */
import { ApiProblem, problemOf } from "@tenon/api-client";

type Writable = WritableStream<Uint8Array>;
type FileHandle = { createWritable: () => Promise<Writable>; remove?: () => Promise<void> };
type Picker = (options: { suggestedName: string }) => Promise<FileHandle>;

const pickerOf = (): Picker | undefined =>
  (window as unknown as { showSaveFilePicker?: Picker }).showSaveFilePicker;

export type Saving = {
  path: string;
  /** Asked for by POST; without it by GET. */
  body?: unknown;
  name: string;
  /** In which form, where there are several. */
  accept?: string;
  /** May be too much for memory: it is written where the person says, as it comes. */
  large?: boolean;
};

/** False when the person thought better of it. */
export async function saveFile({ path, body, name, accept, large = false }: Saving): Promise<boolean> {
  const pick = large ? pickerOf() : undefined;
  if (pick === undefined) {
    const response = await ask(path, body, accept);
    offer(await response.blob(), nameIn(response) ?? name);
    return true;
  }
  let handle: FileHandle;
  try {
    // While the click is fresh: later the browser would not ask.
    handle = await pick.call(window, { suggestedName: name });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return false;
    throw error;
  }
  try {
    const response = await ask(path, body, accept);
    if (response.body === null) throw offline();
    await response.body.pipeTo(await handle.createWritable());
    return true;
  } catch (error) {
    // Half a file would look like a whole one.
    await handle.remove?.().catch(() => undefined);
    throw error instanceof TypeError ? offline() : error;
  }
}

const offline = () =>
  new ApiProblem({ status: 0, code: "offline", title: "The server could not be reached" });

async function ask(path: string, body: unknown, accept: string | undefined): Promise<Response> {
  const post = body !== undefined;
  const response = await fetch(path, {
    method: post ? "POST" : "GET",
    credentials: "same-origin",
    ...(post
      ? {
          headers: {
            "Content-Type": "application/json",
            "X-Tenon-Request": "1",
            ...(accept === undefined ? {} : { Accept: accept }),
          },
          body: JSON.stringify(body),
        }
      : {}),
  }).catch(() => {
    throw offline();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

function nameIn(response: Response): string | undefined {
  const said = response.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1];
  if (encoded !== undefined) {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return undefined;
    }
  }
  return /filename="([^"]+)"/i.exec(said)?.[1];
}

/** How long the browser may take to begin with it. */
const KEPT_MS = 60_000;

function offer(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
