import { useToast } from "@tenon/ui";
import { type RefObject, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { plain, useApi, useProblemText } from "../core";
import { discardSurely, patience, UnknownFate } from "../outbox/lost-answers";
import type { Begun, Origin } from "./begin";
import { useComposeInside } from "./compose";
import type { Recipient } from "./recipients";
import type { DraftHandle } from "./use-draft";
import type { Written, WrittenFile } from "./written";

type UseLeaving = {
  connection: string;
  origin: Origin;
  draft: DraftHandle;
  /** Nothing was written. */
  empty: boolean;
  busy: boolean;
  setBusy: (busy: boolean) => void;
  /** It is not known whether it is on its way. */
  asking: boolean;
  closing: boolean;
  latest: RefObject<Written>;
  settled: () => Promise<Written>;
  stay: () => void;
  close: () => void;
};

/** The file has to go to the server again: the provider's copy went with the draft. */
const again = ({ ref: _gone, ...file }: WrittenFile): WrittenFile => ({
  ...file,
  state: "uploading",
  progress: 0,
});

/** The two ways out of a composer without sending: closing keeps the draft, discarding can be undone. */
export function useLeaving(given: UseLeaving): { discard: () => Promise<void> } {
  const { connection, origin, draft, empty, busy, setBusy, asking, closing, latest } = given;
  const { settled, stay, close } = given;
  const { t } = useTranslation();
  const api = useApi();
  const toast = useToast();
  const problemText = useProblemText();
  const compose = useComposeInside();

  const { session } = draft;
  /** The draft whose name never came: asked for under the key under which it was to be made. */
  const madeUnheard = async () => {
    if (!session.mayExist) return undefined;
    try {
      return await session.flush();
    } catch {
      throw new UnknownFate();
    } finally {
      session.stop();
    }
  };

  const discard = async () => {
    const { files, ...text } = latest.current;
    const kept: Begun = {
      ...origin,
      draft: undefined,
      unsaved: true,
      written: { ...text, files: files.map((one) => (one.file === undefined ? one : again(one))) },
    };
    session.stop();
    setBusy(true);
    try {
      const saved = (await session.settled()) ?? (await madeUnheard());
      if (saved !== undefined) await discardSurely(api, saved.id, patience(new AbortController().signal));
    } catch (error) {
      const unknown = error instanceof UnknownFate;
      toast(unknown ? t("compose.discard_unknown") : `${t("compose.discard_failed")} ${problemText(error)}`, {
        tone: "danger",
        shownMs: 16_000,
      });
      session.resume();
      setBusy(false);
      return;
    }
    close();
    if (empty) return;
    toast(t("compose.discarded"), {
      shownMs: 8000,
      action: { label: t("acting.undo"), run: () => compose.again(connection, kept) },
    });
  };

  /** What is no address cannot be in a draft; nobody finds that out by opening it days later. */
  const tellDropped = (now: Written, dropped: Recipient[]) => {
    const addresses = dropped.map(({ address }) => plain(address)).join(", ");
    const begun = { ...origin, draft: session.draft, written: draft.placed(now) };
    toast(t("compose.kept_without", { count: dropped.length, addresses }), {
      key: "draft",
      shownMs: 16_000,
      action: { label: t("compose.open_again"), run: () => compose.again(connection, begun) },
    });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when closing is asked for
  useEffect(() => {
    if (!closing) return;
    if (asking) {
      close();
      compose.tell(t("compose.asking.closed"));
      return;
    }
    if (busy) {
      // In a moment it is known whether it was sent.
      stay();
      return;
    }
    if (empty) {
      draft.session.stop();
      close();
      return;
    }
    void settled()
      .then(async (now) => {
        await draft.finish(now);
        draft.session.stop();
        close();
        const dropped = [...now.to, ...now.cc, ...now.bcc].filter(({ valid }) => !valid);
        if (dropped.length > 0) tellDropped(now, dropped);
        else if (draft.touched) toast(t("compose.kept"), { key: "draft" });
      })
      .catch((error: unknown) => {
        toast(`${t("compose.not_kept")} ${problemText(error)}`, { tone: "danger", shownMs: 16_000 });
        stay();
      });
  }, [closing]);

  return { discard };
}
