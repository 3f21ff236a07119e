/** Fields, pipelines, views and teams, answered by a `FakeServer`. */
import { HttpResponse } from "msw";
import type {
  Field,
  FieldInputBody,
  Kind,
  Pipeline,
  SavedView,
  Stage,
  StageInput,
  Team,
} from "../../features/src/records/core/types";
import { problem } from "./answers";
import type { FakeServer } from "./fake";
import type { On } from "./handlers";

const json = (value: unknown, status = 200) => HttpResponse.json(value as object, { status });
const nothing = () => new HttpResponse(null, { status: 204 });
const missing = () => problem(404, "not_found");

export function settingsOfRecords(fake: FakeServer, on: On): void {
  const state = () => fake.records;
  const wrong = (name: string, detail: string) => problem(422, "validation", { fields: [{ name, detail }] });
  const field = (id: string) =>
    state()
      .objects.flatMap(({ fields }) => fields)
      .find((one) => one.id === id);
  const told = () => fake.emit("record_setup_changed", "ws_demo00000001");

  on("get", "/objects", () => json({ items: state().objects }));
  on("post", "/objects/:kind/fields", ({ params, body }) => {
    const object = state().objects.find(({ kind }) => kind === params.kind);
    if (object === undefined) return missing();
    const {
      label = "",
      type = "text",
      options = [],
      links_to = null,
      required = false,
    } = body as FieldInputBody;
    if (label.trim() === "") return wrong("label", "is needed");
    if (object.fields.some((one) => one.label?.toLowerCase() === label.trim().toLowerCase() && !one.archived))
      return wrong("label", "There is a field of this name already.");
    const key = `c_${label.trim().toLowerCase().replace(/\W+/g, "_")}`;
    const made: Field = {
      key,
      id: fake.nextId("fld"),
      label: label.trim(),
      type,
      required,
      options: options.map((option) => ({
        ...option,
        value: option.value || (option.label ?? "").toLowerCase().replace(/\W+/g, "_"),
      })),
      links_to,
      archived: false,
    };
    object.fields.push(made);
    told();
    return json(made, 201);
  });
  on("patch", "/fields/:id", ({ params, body }) => {
    const found = field(params.id ?? "");
    if (found === undefined) return missing();
    const { position, ...change } = body as FieldInputBody;
    Object.assign(found, change);
    const object = state().objects.find(({ fields }) => fields.includes(found));
    if (position !== undefined && object !== undefined) {
      const custom = object.fields.filter((one) => one.id !== null && one !== found);
      custom.splice(position, 0, found);
      object.fields = [...object.fields.filter(({ id }) => id === null), ...custom];
    }
    for (const option of found.options)
      option.value ||= (option.label ?? "").toLowerCase().replace(/\W+/g, "_");
    told();
    return json(found);
  });
  on("delete", "/fields/:id", ({ params }) => {
    const found = field(params.id ?? "");
    if (found === undefined) return missing();
    found.archived = true;
    told();
    return nothing();
  });

  on("get", "/pipelines", () => json({ items: state().pipelines.filter(({ archived }) => !archived) }));
  const stages = (given: StageInput[]): Stage[] =>
    given.map((stage) => ({ ...stage, id: stage.id ?? fake.nextId("stg") }));
  on("post", "/pipelines", ({ body }) => {
    const { kind, name, stages: given } = body as Pick<Pipeline, "kind" | "name"> & { stages?: StageInput[] };
    if (name.trim() === "") return wrong("name", "is needed");
    const blank = (title: string, outcome: Stage["outcome"], color: number): StageInput => ({
      name: title,
      outcome,
      color,
      probability: null,
      required: [],
      task: null,
    });
    const made: Pipeline = {
      id: fake.nextId("pip"),
      kind,
      name: name.trim(),
      version: 1,
      archived: false,
      stages: stages(
        given ?? [
          blank("New", "open", 0),
          blank("In progress", "open", 1),
          blank("Won", "won", 4),
          blank("Lost", "lost", 5),
        ],
      ),
    };
    state().pipelines.push(made);
    told();
    return json(made, 201);
  });
  on("patch", "/pipelines/:id", ({ params, body, request }) => {
    const found = state().pipelines.find(({ id }) => id === params.id);
    if (found === undefined) return missing();
    const seen = Number(request.headers.get("If-Match")?.replace(/\D/g, ""));
    if (seen !== found.version) return problem(412, "pipeline_changed");
    const { name, stages: given } = body as { name?: string; stages?: StageInput[] };
    if (given !== undefined) {
      const kept = new Set(given.map(({ id }) => id));
      const gone = found.stages.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
      if ([...state().all.values()].some(({ values }) => gone.includes(String(values.stage))))
        return problem(409, "stage_not_empty");
      found.stages = stages(given);
    }
    if (name !== undefined) found.name = name.trim();
    found.version += 1;
    told();
    return json(found);
  });
  on("delete", "/pipelines/:id", ({ params }) => {
    const found = state().pipelines.find(({ id }) => id === params.id);
    if (found === undefined) return missing();
    found.archived = true;
    told();
    return nothing();
  });

  on("get", "/views", ({ url }) => {
    const kind = url.searchParams.get("kind") as Kind | null;
    return json({ items: state().views.filter((view) => kind === null || view.kind === kind) });
  });
  on("post", "/views", ({ body }) => {
    const made = { ...body, id: fake.nextId("viw"), mine: true } as unknown as SavedView;
    state().views.push(made);
    return json(made, 201);
  });
  on("patch", "/views/:id", ({ params, body }) => {
    const found = state().views.find(({ id }) => id === params.id);
    if (found === undefined) return missing();
    return json(Object.assign(found, body));
  });
  on("delete", "/views/:id", ({ params }) => {
    state().views = state().views.filter(({ id }) => id !== params.id);
    return nothing();
  });

  on("get", "/teams", () => json({ items: state().teams }));
  on("post", "/teams", ({ body }) => {
    if (String(body.name).trim() === "") return wrong("name", "is needed");
    const made = { ...body, id: fake.nextId("team") } as unknown as Team;
    state().teams.push(made);
    return json(made, 201);
  });
  on("patch", "/teams/:id", ({ params, body }) => {
    const found = state().teams.find(({ id }) => id === params.id);
    return found === undefined ? missing() : json(Object.assign(found, body));
  });
  on("delete", "/teams/:id", ({ params }) => {
    state().teams = state().teams.filter(({ id }) => id !== params.id);
    return nothing();
  });
}
