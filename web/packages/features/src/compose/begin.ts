import { type ApiClient, type Draft, type DraftKind, send } from "@tenon/api-client";
import type { ComposeStart } from "./compose";
import type { HandedOver } from "./draft-session";
import { EMPTY, type Written, writtenFromDraft, writtenFromReply } from "./written";

/** What a composer begins with, once it is loaded. */
export type Begun = {
  kind: DraftKind;
  /** The message it answers. */
  message: string | null;
  draft: Draft | undefined;
  written: Written;
  /** It holds what is saved nowhere. */
  unsaved?: boolean;
  /** How far saving it had come in a composer that is gone. */
  handed?: HandedOver;
};

export const begunFromDraft = (draft: Draft): Begun => ({
  kind: draft.kind,
  message: draft.message_id,
  draft,
  written: writtenFromDraft(draft),
});

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
    case "new":
      return { kind: "new", message: null, draft: undefined, written: EMPTY };
  }
}

/** The draft as it stands at the provider now. */
export const loadDraft = async (api: ApiClient, id: string): Promise<Begun> =>
  begunFromDraft(await send(api.GET("/api/v1/drafts/{id}", { params: { path: { id } } })));
