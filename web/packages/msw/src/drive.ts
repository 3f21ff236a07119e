/** What the fake server knows of a Drive and of the files that are linked to records. */
import type { DriveFile, FileState, RecordFile } from "../../features/src/records/files/types";
import { type DriveItem, driveLink, sampleDrive, sampleLinks } from "./data/drive";
import { hugo, lea, me } from "./data/people";
import { HUGO, LEA, ME } from "./data/records";
import type { FakeServer } from "./fake";

type Stored = RecordFile & { removed: boolean };
type Pick = { state: string; record: string; connection: string };

const NAMES: Record<string, string> = { [ME]: me.name, [LEA]: lea.name, [HUGO]: hugo.name };
const PER_PAGE = 12;
/** What a file is called that Tenon may not look at, by its link. */
const UNNAMED: ReadonlyArray<readonly [part: string, name: string, mime: string]> = [
  ["/document/", "Google Docs file", "application/vnd.google-apps.document"],
  ["/spreadsheets/", "Google Sheets file", "application/vnd.google-apps.spreadsheet"],
  ["/presentation/", "Google Slides file", "application/vnd.google-apps.presentation"],
  ["/folders/", "Google Drive folder", "application/vnd.google-apps.folder"],
];

export const idOfLink = (link: string): string | undefined => {
  if (!/^https?:\/\/(docs|drive)\.google\.com\//.test(link)) return undefined;
  return (/\/(?:d|folders)\/(?:e\/)?([\w-]{10,})/.exec(link) ?? /[?&]id=([\w-]{10,})/.exec(link))?.[1];
};

export class FakeDrive {
  readonly items: DriveItem[] = sampleDrive();
  readonly picks = new Map<string, Pick>();
  readonly #linked = new Map<string, Stored[]>();
  readonly #fake: FakeServer;

  constructor(fake: FakeServer) {
    this.#fake = fake;
    for (const { record, file, by, ago, state = "available", checked = 6 * 60_000 } of sampleLinks) {
      const item = this.items[file];
      if (item === undefined) continue;
      const named = state === "no_access" ? { ...item, name: "Google Drive file" } : item;
      this.#of(record).push({
        ...this.#made(named, state, by),
        added_at: fake.iso(ago),
        ...(state === "no_access" ? {} : { checked_at: fake.iso(checked) }),
      });
    }
  }

  /** In the order in which they were linked. */
  list(record: string): RecordFile[] {
    return this.#of(record)
      .filter(({ removed }) => !removed)
      .sort((a, b) => a.added_at.localeCompare(b.added_at))
      .map(shown);
  }

  find(record: string, file: string): Stored | undefined {
    return this.#of(record).find(({ id }) => id === file);
  }

  setRemoved(record: string, file: Stored, removed: boolean): RecordFile {
    file.removed = removed;
    this.#fake.emit("record_changed", record);
    return shown(file);
  }

  /** Each once, however it is named; one that was taken off comes back. */
  link(record: string, links: readonly string[], ids: readonly string[]): RecordFile[] {
    const wanted = new Map<string, string | undefined>(ids.map((id) => [id, undefined]));
    for (const link of links) {
      const id = idOfLink(link);
      if (id !== undefined && !wanted.has(id)) wanted.set(id, link);
    }
    const touched = [...wanted].map(([id, link]) => {
      const item = this.items.find((one) => one.id === id);
      const open = item !== undefined && (item.given || this.#searchesAll());
      const fresh = open ? this.#made(item, "available", ME) : this.#closed(id, link ?? "");
      const known = this.#of(record).find(({ provider_file_id }) => provider_file_id === id);
      if (known === undefined) this.#of(record).push(fresh);
      else {
        const { name, mime_type, link: address, state, checked_at } = fresh;
        Object.assign(known, open ? { name, mime_type, link: address, state, checked_at } : {}, {
          removed: false,
        });
      }
      return known ?? fresh;
    });
    this.#fake.emit("record_changed", record);
    return touched.map(shown);
  }

  begin(record: string, connection: string): string {
    const pick: Pick = { state: this.#fake.nextId("state"), record, connection };
    this.picks.set(pick.state, pick);
    return pick.state;
  }

  /** The provider sent the browser back; where the server sends it then. */
  picked(pick: Pick, params: URLSearchParams): string {
    this.picks.delete(pick.state);
    const back = `/records/${pick.record}`;
    const error = params.get("error");
    if (error !== null && error !== "access_denied") return `${back}?pick_error=${error}`;
    const ids = (params.get("picked_file_ids") ?? "").split(",").filter(Boolean);
    // The person closed the page.
    if (ids.length === 0) return back;
    for (const item of this.items) if (ids.includes(item.id)) item.given = true;
    const linked = this.link(pick.record, [], ids);
    return `${back}?picked=${linked.length}`;
  }

  search(q: string, page: number): { files: DriveFile[]; next: string | null; all_of_drive: boolean } {
    const all = this.#searchesAll();
    const words = fold(q).split(/\s+/).filter(Boolean);
    const found = this.items
      .filter((item) => (all || item.given) && words.every((word) => fold(item.name).includes(word)))
      .sort((a, b) => a.ago - b.ago);
    const start = page * PER_PAGE;
    return {
      files: found.slice(start, start + PER_PAGE).map((item) => ({
        provider_file_id: item.id,
        name: item.name,
        mime_type: item.mime,
        link: driveLink(item),
        modified_at: this.#fake.iso(item.ago),
        drive_id: item.shared ? "0ATenonTeam" : null,
      })),
      next: start + PER_PAGE < found.length ? String(page + 1) : null,
      all_of_drive: all,
    };
  }

  /** Somebody renames a file at the provider, and the server hears of it. */
  rename(id: string, name: string): void {
    for (const [record, files] of this.#linked)
      for (const file of files)
        if (file.provider_file_id === id) {
          file.name = name;
          this.#fake.emit("record_changed", record);
        }
  }

  #searchesAll(): boolean {
    return this.#fake
      .allConnections()
      .some(({ features }) => features.some(({ id, state }) => id === "files_search" && state === "on"));
  }

  #of(record: string): Stored[] {
    const files = this.#linked.get(record) ?? [];
    this.#linked.set(record, files);
    return files;
  }

  #made(item: DriveItem, state: FileState, by: string): Stored {
    return {
      id: this.#fake.nextId("file"),
      provider: "google",
      provider_file_id: item.id,
      name: item.name,
      mime_type: item.mime,
      link: driveLink(item),
      state,
      added_by: { id: by, name: NAMES[by] ?? "" },
      added_at: this.#fake.iso(),
      checked_at: state === "no_access" ? null : this.#fake.iso(),
      removed: false,
    };
  }

  #closed(id: string, link: string): Stored {
    const [, name, mime] = UNNAMED.find(([part]) => link.includes(part)) ?? [
      "",
      "Google Drive file",
      "application/octet-stream",
    ];
    const item = { id, name, mime, ago: 0, shared: false, given: false };
    return { ...this.#made(item, "no_access", ME), link };
  }
}

const shown = ({ removed: _, ...file }: Stored): RecordFile => ({ ...file });
const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
