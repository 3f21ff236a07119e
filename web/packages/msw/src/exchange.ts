/** Imports as the fake server has them: a small reader of CSV, a check and a run that take a moment. */
import type {
  ImportColumn,
  ImportItem,
  ImportOptions,
  ImportOutcome,
  ImportRow,
  ImportTarget,
} from "../../features/src/records/core/next-types";
import type { EmailValue, Kind, Values } from "../../features/src/records/core/types";
import type { FakeServer } from "./fake";

type Row = ImportRow & { values: Values };
export type StoredImport = {
  item: ImportItem;
  text: string;
  rows: Row[];
  busyUntil: number;
  written: Undo[];
};
type Undo = { id: string; version: number; before: Values | null };

const DAY = 86_400_000;
const NAMES: Record<string, string> = {
  name: "name",
  "full name": "full_name",
  "first name": "first_name",
  prénom: "first_name",
  "last name": "last_name",
  nom: "last_name",
  "e-mail": "emails",
  email: "emails",
  phone: "phones",
  company: "company",
  "job title": "title",
  amount: "amount",
  "close date": "close_date",
  domain: "domain",
  notes: "description",
};

export class FakeExchange {
  readonly all = new Map<string, StoredImport>();
  /** How long a check or a run takes. */
  busyMs = 0;
  readonly #fake: FakeServer;

  constructor(fake: FakeServer) {
    this.#fake = fake;
  }

  begin(kind: Kind, name: string, type: string, text: string, parted?: string): ImportItem | undefined {
    const format =
      /\.vcf$/i.test(name) || type.includes("vcard")
        ? "vcard"
        : /\.ics$/i.test(name) || type.includes("calendar")
          ? "icalendar"
          : "csv";
    if (text.trim() === "") return undefined;
    const delimiter = format === "csv" ? (parted ?? guess(text)) : null;
    const options: ImportOptions = {
      header: true,
      delimiter,
      mapping: [],
      date_order: "dmy",
      decimal: ".",
      duplicates: "skip",
      match_on: kind === "contact" || kind === "lead" ? ["emails"] : kind === "company" ? ["domain"] : [],
      create_missing: true,
      owner: null,
      sharing: null,
      pipeline: null,
      stage: null,
    };
    const item: ImportItem = {
      id: this.#fake.nextId("imp"),
      kind,
      format,
      name,
      state: "draft",
      encoding: "utf-8",
      delimiter,
      header: true,
      rows: 0,
      columns: [],
      options,
      progress: { rows_done: 0, rows: 0 },
      counts: null,
      error: null,
      created_at: this.#fake.iso(),
      created_by: this.#fake.me.member.id,
      finished_at: null,
      undo_until: null,
      left: 0,
    };
    const stored = { item, text, rows: [], busyUntil: 0, written: [] };
    this.all.set(item.id, stored);
    this.#read(stored);
    item.options.mapping = item.columns.map(({ index, suggested }) => ({ column: index, target: suggested }));
    return item;
  }

  change(stored: StoredImport, kind: Kind | undefined, options: Partial<ImportOptions>): ImportItem {
    const { item } = stored;
    const cut = options.header !== undefined;
    item.kind = kind ?? item.kind;
    item.options = { ...item.options, ...options };
    item.delimiter = item.options.delimiter;
    item.header = item.options.header;
    item.state = "draft";
    item.counts = null;
    if (cut) this.#read(stored);
    if (cut && item.options.mapping.length !== item.columns.length)
      item.options.mapping = item.columns.map(({ index, suggested }) => ({
        column: index,
        target: suggested,
      }));
    return item;
  }

  check(stored: StoredImport): ImportItem {
    return this.#begin(stored, "checking", () => {
      this.#judge(stored);
      stored.item.state = "checked";
    });
  }

  start(stored: StoredImport): ImportItem {
    return this.#begin(stored, "running", () => {
      this.#judge(stored);
      this.#write(stored);
      this.#end(stored, "done");
    });
  }

  cancel(stored: StoredImport): ImportItem {
    stored.busyUntil = 0;
    if (stored.item.state === "checking") stored.item.state = "draft";
    else this.#end(stored, "cancelled");
    this.#tell(stored);
    return stored.item;
  }

  undo(stored: StoredImport): ImportItem {
    return this.#begin(stored, "undoing", () => {
      let left = 0;
      for (const { id, version, before } of stored.written) {
        const record = this.#fake.records.get(id);
        if (record === undefined) continue;
        if (record.version !== version) left += 1;
        else if (before === null) this.#fake.records.all.delete(id);
        else this.#fake.records.write(record, before, this.#fake.me.member.id, "reverted");
      }
      stored.item.left = left;
      stored.item.state = "undone";
    });
  }

  get(id: string | undefined): StoredImport | undefined {
    return this.all.get(id ?? "");
  }

  /** What the failed rows look like as a file. */
  failures(stored: StoredImport): string {
    const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const head = [...stored.item.columns.map(({ name }) => name), "problem"];
    const lines = stored.rows
      .filter(({ outcome }) => outcome === "fail")
      .map(({ cells, problems }) => [...cells, problems.map(({ detail }) => detail).join(" ")]);
    return [head, ...lines].map((line) => line.map(quote).join(",")).join("\r\n");
  }

  #begin(stored: StoredImport, state: "checking" | "running" | "undoing", finish: () => void): ImportItem {
    const { item } = stored;
    item.state = state;
    item.error = null;
    item.progress = { rows_done: Math.floor(item.rows / 3), rows: item.rows };
    const until = Date.now() + this.busyMs;
    stored.busyUntil = until;
    const done = () => {
      if (stored.busyUntil !== until) return;
      item.progress = { rows_done: item.rows, rows: item.rows };
      finish();
      this.#tell(stored);
    };
    if (this.busyMs === 0) queueMicrotask(done);
    else setTimeout(done, this.busyMs);
    return { ...item };
  }

  #end({ item }: StoredImport, state: "done" | "cancelled"): void {
    item.state = state;
    item.counts ??= { create: 0, update: 0, skip: 0, fail: 0 };
    item.finished_at = this.#fake.iso();
    item.undo_until = this.#fake.iso(-30 * DAY);
  }

  #tell({ item }: StoredImport): void {
    this.#fake.emit("import_changed", item.id);
  }

  #read(stored: StoredImport): void {
    const { item, text } = stored;
    const lines =
      item.format === "csv"
        ? parseCsv(text, item.options.delimiter ?? ",")
        : blocks(text, item.format === "vcard" ? "VCARD" : "VEVENT");
    const head = item.options.header && item.format === "csv" ? (lines.shift() ?? []) : [];
    const width = Math.max(head.length, ...lines.map((line) => line.length));
    const known = this.#fake.records.objects.find(({ kind }) => kind === item.kind)?.fields ?? [];
    item.columns =
      item.format === "csv"
        ? Array.from({ length: width }, (_, index): ImportColumn => {
            const name = head[index] ?? "";
            const field = NAMES[name.trim().toLowerCase()];
            const fits =
              field === "full_name" ? item.kind === "contact" : known.some(({ key }) => key === field);
            return {
              index,
              name,
              samples: lines.slice(0, 3).map((line) => line[index] ?? ""),
              suggested: field === undefined || !fits ? null : suggestion(field),
            };
          })
        : [];
    item.rows = lines.length;
    stored.rows = lines.map((cells, at) => ({
      number: at + (item.options.header ? 2 : 1),
      outcome: "create",
      record: null,
      problems: [],
      cells,
      values: {},
    }));
  }

  #judge(stored: StoredImport): void {
    const { item, rows } = stored;
    const counts: Record<ImportOutcome, number> = { create: 0, update: 0, skip: 0, fail: 0 };
    for (const row of rows) {
      row.problems = [];
      row.record = null;
      row.values = item.format === "csv" ? this.#values(item, row) : cardValues(row.cells);
      const known = this.#known(item, row.values);
      row.outcome =
        row.problems.length > 0
          ? "fail"
          : known === undefined || item.options.duplicates === "create"
            ? "create"
            : item.options.duplicates;
      if (known !== undefined) row.record = { id: known.id, kind: known.kind, title: known.title };
      counts[row.outcome] += 1;
    }
    item.counts = counts;
  }

  #values(item: ImportItem, row: Row): Values {
    const values: Values = {};
    for (const { column, target } of item.options.mapping) {
      const cell = (row.cells[column] ?? "").trim();
      if (target === null || cell === "") continue;
      const wrong = (detail: string) => row.problems.push({ column, field: target.field, detail });
      if (target.field === "full_name") {
        const [first, ...others] = cell.split(/\s+/);
        values.first_name = first;
        values.last_name = others.join(" ");
      } else if (target.field === "emails") {
        if (!/^\S+@\S+\.\S+$/.test(cell)) wrong(`“${cell}” is no e-mail address.`);
        const known = (values.emails ?? []) as EmailValue[];
        values.emails = [...known, { address: cell, label: target.label ?? null }];
      } else if (target.field === "phones") values.phones = [{ number: cell, label: target.label ?? null }];
      else if (target.field === "amount") {
        if (Number.isNaN(Number(cell))) wrong(`“${cell}” is no number.`);
        values.amount = { amount: cell, currency: target.currency ?? "EUR" };
      } else if (target.field === "company") {
        const found = [...this.#fake.records.all.values()].find(
          ({ kind, title }) => kind === "company" && title === cell,
        );
        if (found !== undefined) values.company = found.id;
        else if (!item.options.create_missing) wrong(`There is no company “${cell}”.`);
      } else if (target.part === undefined) values[target.field] = cell;
    }
    return values;
  }

  #known({ kind, options }: ImportItem, values: Values) {
    const mails = new Set(((values.emails ?? []) as EmailValue[]).map(({ address }) => address));
    return [...this.#fake.records.all.values()].find(
      (record) =>
        record.kind === kind &&
        record.deleted_at === null &&
        ((options.match_on.includes("emails") &&
          ((record.values.emails ?? []) as EmailValue[]).some(({ address }) => mails.has(address))) ||
          (options.match_on.includes("domain") &&
            values.domain !== undefined &&
            record.values.domain === values.domain)),
    );
  }

  #write(stored: StoredImport): void {
    const me = this.#fake.me.member.id;
    for (const row of stored.rows) {
      if (row.outcome === "create") {
        const made = this.#fake.records.create(stored.item.kind, row.values, undefined);
        row.record = { id: made.id, kind: made.kind, title: made.title };
        stored.written.push({ id: made.id, version: made.version, before: null });
      } else if (row.outcome === "update" && row.record !== null) {
        const record = this.#fake.records.get(row.record.id);
        if (record === undefined) continue;
        const before = Object.fromEntries(
          Object.keys(row.values).map((key) => [key, record.values[key] ?? null]),
        );
        this.#fake.records.write(record, row.values, me, "imported");
        stored.written.push({ id: record.id, version: record.version, before });
      }
    }
  }
}

function suggestion(field: string): ImportTarget {
  if (field === "emails") return { field, label: "work" };
  if (field === "company") return { field, by: "title" };
  return field === "amount" ? { field, currency: "EUR" } : { field };
}

function guess(text: string): string {
  const line = text.split("\n")[0] ?? "";
  const count = (sign: string) => line.split(sign).length;
  return [",", ";", "\t", "|"].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ",");
}

export function parseCsv(text: string, delimiter: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = "";
  let quoted = false;
  const endLine = () => {
    lines.push([...line, cell]);
    line = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (quoted && sign === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === delimiter) {
      line.push(cell);
      cell = "";
    } else if (!quoted && sign === "\n") endLine();
    else if (quoted || sign !== "\r") cell += sign;
  }
  if (cell !== "" || line.length > 0) endLine();
  return lines;
}

const blocks = (text: string, name: string): string[][] =>
  text
    .split(`BEGIN:${name}`)
    .slice(1)
    .map((block) => [block]);

function cardValues([block = ""]: string[]): Values {
  const line = (name: string) => new RegExp(`^${name}[^:\\n]*:(.*)$`, "m").exec(block)?.[1]?.trim();
  const [first, ...others] = (line("FN") ?? "").split(" ");
  const mail = line("EMAIL");
  return {
    first_name: first,
    last_name: others.join(" "),
    ...(mail === undefined ? {} : { emails: [{ address: mail, label: null }] }),
  };
}
