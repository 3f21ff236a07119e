/** Import and export, answered by a `FakeServer`. */
import { HttpResponse, http, type RequestHandler } from "msw";
import type { ExportBody, ImportOptions, ImportOutcome } from "../../features/src/records/core/next-types";
import type { EmailValue, Kind, RecordsAsked } from "../../features/src/records/core/types";
import { isLost, problem, refusal } from "./answers";
import type { StoredImport } from "./exchange";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";
import { order, select } from "./record-filters";

const LARGEST = 64 * 1024 * 1024;
const BUSY = ["checking", "running", "undoing"];

/** The file's own bytes, not JSON as everywhere else. */
export function importUpload(fake: FakeServer): RequestHandler {
  return http.post("*/api/v1/imports", async ({ request }) => {
    const refused = refusal(fake, request, false);
    if (refused !== undefined) return refused;
    if (fake.me.member.role === "viewer") return problem(403, "forbidden");
    const query = new URL(request.url).searchParams;
    const bytes = await request.arrayBuffer();
    if (bytes.byteLength > LARGEST) return problem(413, "too_large");
    const item = fake.exchange.begin(
      (query.get("kind") ?? "contact") as Kind,
      query.get("name") ?? "",
      request.headers.get("Content-Type") ?? "",
      new TextDecoder().decode(bytes),
      query.get("delimiter") ?? undefined,
    );
    if (item === undefined) return problem(422, "import_empty", { detail: "The file holds no rows." });
    return isLost(fake, request) ? HttpResponse.error() : json(item as object, 201);
  });
}

export function exchange(fake: FakeServer, on: On): void {
  const state = () => fake.exchange;
  const paged = <Item>(items: Item[], url: URL) => {
    const start = Number(url.searchParams.get("after") ?? 0);
    const limit = Number(url.searchParams.get("limit") ?? 50);
    const next = start + limit < items.length ? String(start + limit) : null;
    return json({ items: items.slice(start, start + limit), next } as object);
  };
  const one = (
    method: Parameters<On>[0],
    path: string,
    answer: (stored: StoredImport, call: Parameters<Parameters<On>[2]>[0]) => Response,
  ) =>
    on(method, `/imports/:id${path}`, (call) => {
      const stored = state().get(call.params.id);
      return stored === undefined ? missing() : answer(stored, call);
    });

  on("get", "/imports", ({ url }) =>
    paged(
      [...state().all.values()].reverse().map(({ item }) => item),
      url,
    ),
  );
  one("get", "", ({ item }) => json(item as object));
  one("patch", "", (stored, { body }) => {
    if (stored.item.state !== "draft" && stored.item.state !== "checked")
      return problem(409, "import_state", { detail: "The import is under way." });
    const { kind, options = {} } = body as { kind?: Kind; options?: Partial<ImportOptions> };
    // How the file was read; it is sent again to be read otherwise.
    if (options.delimiter !== undefined && options.delimiter !== stored.item.delimiter)
      return problem(422, "validation");
    return json(state().change(stored, kind, options) as object);
  });
  one("delete", "", (stored) => {
    if (BUSY.includes(stored.item.state)) return problem(409, "import_state");
    state().all.delete(stored.item.id);
    return nothing();
  });
  for (const action of ["check", "start", "cancel", "undo"] as const)
    one("post", `/${action}`, (stored) => {
      const busy = BUSY.includes(stored.item.state);
      if (busy !== (action === "cancel")) return problem(409, "import_state");
      return json(state()[action](stored) as object, 202);
    });
  one("get", "/rows", (stored, { url }) => {
    const outcome = url.searchParams.get("outcome") as ImportOutcome | null;
    const rows = stored.rows.filter((row) => outcome === null || row.outcome === outcome);
    return paged(
      rows.map(({ values: _, ...row }) => row),
      url,
    );
  });
  one(
    "get",
    "/failures.csv",
    (stored) =>
      new HttpResponse(state().failures(stored), { headers: { "Content-Type": "text/csv; charset=utf-8" } }),
  );

  on("post", "/exports", ({ body }) => {
    const { kind, format, fields, ids, ...asked } = body as unknown as ExportBody;
    const chosen = order(select(fake.records, { kind, ...asked } as RecordsAsked), asked.sort?.[0], {
      kind,
      ...asked,
    } as RecordsAsked).filter(({ id }) => ids === undefined || ids.includes(id));
    const keys =
      fields ?? fake.records.objects.find((one) => one.kind === kind)?.fields.map(({ key }) => key) ?? [];
    const text = (value: unknown) =>
      Array.isArray(value)
        ? value.map((each) => (typeof each === "object" ? (each as EmailValue).address : each)).join(", ")
        : typeof value === "object" && value !== null
          ? JSON.stringify(value)
          : String(value ?? "");
    const lines = [keys, ...chosen.map(({ values }) => keys.map((key) => text(values[key])))];
    return new HttpResponse(lines.map((line) => line.map((cell) => `"${cell}"`).join(",")).join("\r\n"), {
      headers: {
        "Content-Type": format === "csv" ? "text/csv; charset=utf-8" : "application/octet-stream",
        "Content-Disposition": `attachment; filename="${kind}.${format}"`,
      },
    });
  });
  on(
    "post",
    "/exports/everything",
    () => new HttpResponse("PK", { headers: { "Content-Type": "application/zip" } }),
  );
}
