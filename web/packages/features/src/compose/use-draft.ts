import { useQueryClient } from "@tanstack/react-query";
import { type SendAt, send } from "@tenon/api-client";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { newKey, useApi } from "../core";
import type { Begun } from "./begin";
import { joinSignature, toDraftHtml } from "./draft-html";
import { type DraftContent, DraftSession } from "./draft-session";
import { type FileCalls, mendFiles } from "./mend-files";
import type { Recipient } from "./recipients";
import { uploadFile } from "./upload";
import { useSendKey } from "./use-send-key";
import type { Written, WrittenFile } from "./written";

type Ref = NonNullable<WrittenFile["ref"]>;
type UseDraft = {
  connection: string;
  begun: Begun;
  written: Written;
  /** These files are nowhere any more. */
  onLost: (keys: string[]) => void;
};

const fileCalls: FileCalls = {
  upload: (file, inline) =>
    uploadFile(file, { inline, onProgress: () => undefined, signal: new AbortController().signal }),
  isThere: async (url) => {
    const answer = await fetch(url, { credentials: "same-origin" });
    void answer.body?.cancel();
    return answer.status !== 404 && answer.status !== 410;
  },
};

const people = (list: Recipient[]) =>
  list.filter(({ valid }) => valid).map(({ name, address }) => ({ name, address }));

/** Keeps a composer's text saved; nothing is written before the person wrote something. */
export function useDraft({ connection, begun, written, onLost }: UseDraft) {
  const api = useApi();
  const client = useQueryClient();
  /** The server's newest word for each file: a saved one is known by the draft's own id. */
  const [refs] = useState(() => new Map<string, Ref>());
  const sendKey = useSendKey();
  /** Which file each attachment of a content is. */
  const [keysOf] = useState(() => new WeakMap<DraftContent, string[]>());

  const content = useMemo(
    () =>
      (now: Written): DraftContent => {
        const placed = now.files.flatMap((file) => {
          const ref = refs.get(file.key) ?? file.ref;
          // A picture that is no longer in the text is no longer sent.
          const used = !file.inline || now.body.includes(`data-attachment="${file.key}"`);
          return ref === undefined || file.state !== "ready" || !used ? [] : [{ key: file.key, ref }];
        });
        const idOf = (key: string) => {
          const ref = placed.find((one) => one.key === key)?.ref;
          return ref !== undefined && "id" in ref ? ref.id : undefined;
        };
        const made: DraftContent = {
          from: now.from,
          to: people(now.to),
          cc: people(now.cc),
          bcc: people(now.bcc),
          subject: now.subject,
          html: joinSignature(toDraftHtml(now.body, idOf), now.signature),
          quoted_html: now.quoted,
          attachments: placed.map(({ ref }) => ref),
        };
        keysOf.set(
          made,
          placed.map(({ key }) => key),
        );
        return made;
      },
    [refs, keysOf],
  );

  const latest = useRef({ written, onLost });
  latest.current = { written, onLost };
  /** The text with files that are there; nothing when there is nothing to mend. */
  const mend = async (): Promise<DraftContent | undefined> => {
    const { ids, lost } = await mendFiles(latest.current.written.files, fileCalls);
    if (ids.size === 0 && lost.length === 0) return undefined;
    for (const [key, id] of ids) refs.set(key, { id });
    if (lost.length > 0) latest.current.onLost(lost);
    const { files, ...rest } = latest.current.written;
    return content({ ...rest, files: files.filter(({ key }) => !lost.includes(key)) });
  };

  const [session] = useState(
    () =>
      new DraftSession({
        draft: begun.draft,
        saved: begun.draft === undefined || begun.unsaved === true ? undefined : content(begun.written),
        handed: begun.handed,
        newKey,
        mend,
        calls: {
          create: (content, key) =>
            send(
              api.POST("/api/v1/drafts", {
                params: { header: { "Idempotency-Key": key } },
                body: { ...content, connection_id: connection, kind: begun.kind, message_id: begun.message },
              }),
            ),
          update: (id, content, etag) =>
            send(
              api.PUT("/api/v1/drafts/{id}", {
                params: { path: { id }, header: etag === undefined ? {} : { "If-Match": etag } },
                body: content,
              }),
            ),
        },
        onSaved: (draft, content) => {
          for (const [at, key] of (keysOf.get(content) ?? []).entries()) {
            const id = draft.attachments[at]?.id;
            if (id !== undefined) refs.set(key, { id });
          }
        },
      }),
  );
  const status = useSyncExternalStore(session.subscribe, session.status);

  const shape = JSON.stringify([
    written.from,
    written.to,
    written.cc,
    written.bcc,
    written.subject,
    written.body,
    written.signature,
    written.quoted,
    written.files.map(({ key, state }) => [key, state]),
  ]);
  const first = useRef(shape);
  const [touched, setTouched] = useState(begun.unsaved === true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says when what is written has changed
  useEffect(() => {
    if (shape === first.current && !touched) return;
    setTouched(true);
    // An upload that ends changes nothing by itself but that its file can be named now.
    session.change(content(written));
  }, [shape, session]);
  useEffect(() => {
    session.resume();
    return () => session.stop();
  }, [session]);
  useEffect(() => {
    if (status.state === "saved") void client.invalidateQueries({ queryKey: ["labels", connection] });
  }, [status.state, client, connection]);

  return {
    session,
    status,
    touched,
    content,
    hasUnsaved: session.hasUnsaved,
    /** With the files as the draft has them. */
    placed: (now: Written): Written => ({
      ...now,
      files: now.files.map((file) => {
        const ref = refs.get(file.key) ?? file.ref;
        return ref === undefined ? file : { ...file, ref };
      }),
    }),
    /** Saves what is left, if the person wrote anything. */
    finish: async (now: Written) => {
      if (session.hasUnsaved() || (touched && session.draft === undefined)) await session.flush(content(now));
    },
    /** The same for each attempt to send the same text at the same hour. */
    sendKey: (at?: SendAt) => sendKey(session.draft?.etag, at),
  };
}

export type DraftHandle = ReturnType<typeof useDraft>;
