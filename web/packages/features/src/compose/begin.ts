import { type ApiClient, type Draft, type DraftKind, type SendAt, send } from "@tenon/api-client";
import type { ComposeStart } from "./compose";
import { splitSignature, toDraftHtml } from "./draft-html";
import type { HandedOver } from "./draft-session";
import { EMPTY, type Written, writtenFromDraft, writtenFromReply } from "./written";

/** What stays the same however often a text is taken up. */
export type Origin = {
  kind: DraftKind;
  /** The message it answers. */
  message: string | null;
  /** The hour it waited for, before it was taken out of the schedule to be changed. */
  waited?: Waited | undefined;
};

/** An hour as it was chosen, and as a moment (RFC 3339). */
export type Waited = { at: SendAt; sendAt: string };

/** What a composer begins with, once it is loaded. */
export type Begun = Origin & {
  draft: Draft | undefined;
  written: Written;
  /** It has formatting that the editor does not keep; shown as it is until the person wants it edited. */
  formatted?: boolean;
  /** It holds what is saved nowhere. */
  unsaved?: boolean;
  /** How far saving it had come in a composer that is gone. */
  handed?: HandedOver;
};

async function begunFromDraft(draft: Draft): Promise<Begun> {
  const written = writtenFromDraft(draft);
  // Comes with the editor, which is not for the start.
  const [{ lostFormatting }, { asEdited }] = await Promise.all([
    import("./formatting"),
    import("./editor-schema"),
  ]);
  const idOf = (key: string) => written.files.find((file) => file.key === key)?.key;
  const back = toDraftHtml(asEdited(written.body), idOf);
  const formatted = lostFormatting(splitSignature(draft.html).body, back).length > 0;
  return { kind: draft.kind, message: draft.message_id, draft, written, formatted };
}

/** Loads the original, or the draft. */
export async function begin(api: ApiClient, start: ComposeStart): Promise<Begun> {
  switch (start.what) {
    case "again":
      return start.begun;
    case "answer": {
      const { message, kind } = start;
      const params = { path: { id: message }, query: { kind } };
      const reply = await send(api.GET("/api/v1/messages/{id}/compose", { params }));
      return { kind, message, draft: undefined, written: writtenFromReply(reply) };
    }
    case "message": {
      const path = { params: { path: { id: start.message } } };
      return begunFromDraft(await send(api.POST("/api/v1/messages/{id}/draft", path)));
    }
    case "draft":
      return { ...(await loadDraft(api, start.draft)), waited: start.waited };
    case "new":
      return { kind: "new", message: null, draft: undefined, written: EMPTY };
  }
}

/** The draft as it stands at the provider now. */
export const loadDraft = async (api: ApiClient, id: string): Promise<Begun> =>
  begunFromDraft(await send(api.GET("/api/v1/drafts/{id}", { params: { path: { id } } })));
