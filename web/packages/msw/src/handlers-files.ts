/** Files linked to records, and the search in a Drive, answered by a `FakeServer`. */
import { problem } from "./answers";
import { idOfLink } from "./drive";
import type { FakeServer } from "./fake";
import { json, missing, nothing, type On } from "./handlers";
import type { Stored } from "./records";

const MOST = 50;

export function files(fake: FakeServer, on: On): void {
  const state = () => fake.drive;
  type Call = Parameters<Parameters<On>[2]>[0];
  const writing = (answer: (record: Stored, call: Call) => Response) => (call: Call) => {
    const record = fake.records.get(call.params.id ?? "");
    if (record === undefined) return missing();
    const viewer = record.access === "view" || fake.me.member.role === "viewer";
    return viewer ? problem(403, "forbidden") : answer(record, call);
  };
  const featureOf = (connection: string, id: string) =>
    fake.connection(connection)?.features.find((feature) => feature.id === id)?.state ?? "off";
  /** The one that is named, or the only one with files. */
  const usable = (given: unknown): string | undefined => {
    const able = fake
      .allConnections()
      .filter(({ id, status }) => status === "active" && featureOf(id, "files") === "on");
    return given == null ? able[0]?.id : able.find(({ id }) => id === given)?.id;
  };

  const off = () => problem(409, "feature_off", { fields: [{ name: "feature", detail: "files" }] });

  on("get", "/records/:id/files", ({ params }) => {
    const record = fake.records.get(params.id ?? "");
    return record === undefined
      ? missing()
      : json({ files: record.deleted_at === null ? state().list(record.id) : [] } as object);
  });
  on(
    "post",
    "/records/:id/files",
    writing((record, { body, request }) => {
      const { links = [], file_ids = [] } = body as { links?: string[]; file_ids?: string[] };
      const count = links.length + file_ids.length;
      if (count === 0 || count > MOST) return problem(422, "validation", { detail: `1 to ${MOST} at once` });
      if (links.some((link) => idOfLink(link) === undefined))
        return problem(422, "not_a_drive_link", {
          fields: [{ name: "links", detail: "is no link to a file of Google Drive" }],
        });
      const key = request.headers.get("Idempotency-Key");
      const known = key === null ? undefined : fake.records.keys.get(key);
      if (known !== undefined) return json({ files: known } as object);
      const linked = state().link(record.id, links, file_ids);
      if (key !== null) fake.records.keys.set(key, linked);
      return json({ files: linked } as object);
    }),
  );
  on(
    "post",
    "/records/:id/files/pick",
    writing((record, { body }) => {
      const connection = usable(body.connection_id);
      if (connection === undefined) return off();
      const begun = state().begin(record.id, connection);
      return json({ authorization_url: fake.pickerUrl(begun) });
    }),
  );
  on(
    "delete",
    "/records/:id/files/:file",
    writing((record, { params }) => {
      const file = state().find(record.id, params.file ?? "");
      if (file === undefined) return missing();
      state().setRemoved(record.id, file, true);
      return nothing();
    }),
  );
  on(
    "post",
    "/records/:id/files/:file/restore",
    writing((record, { params }) => {
      const file = state().find(record.id, params.file ?? "");
      return file === undefined ? missing() : json(state().setRemoved(record.id, file, false) as object);
    }),
  );
  on("get", "/connections/:id/drive-files", ({ params, url }) => {
    const connection = usable(params.id);
    if (connection === undefined) return off();
    const page = Number(url.searchParams.get("page_token") ?? 0);
    return json(state().search(url.searchParams.get("q") ?? "", page) as object);
  });
}
