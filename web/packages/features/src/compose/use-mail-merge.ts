import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { send } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, useApi, useProblemText } from "../core";
import type { DraftHandle } from "./use-draft";
import type { Written } from "./written";

type UseMailMerge = {
  draft: DraftHandle;
  settled: () => Promise<Written>;
  busy: boolean;
  setBusy: (busy: boolean) => void;
  close: () => void;
};

/** *Mail merge*: what stands in the composer is saved, and is the letter of a mail merge from then on. */
export function useMailMerge({ draft, settled, busy, setBusy, close }: UseMailMerge) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const problemText = useProblemText();
  return async () => {
    if (busy) return;
    const now = await settled();
    if (now.to.length + now.cc.length + now.bcc.length > 0) {
      toast(t("compose.mail_merge.named"), { tone: "danger", shownMs: 12_000 });
      return;
    }
    setBusy(true);
    try {
      const saved = await draft.session.flush(draft.content(now));
      const merge = await send(api.POST("/api/v1/mail-merges", { body: { draft_id: saved.id } }));
      draft.session.stop();
      close();
      void client.invalidateQueries({ queryKey: keys.mailMerges });
      void navigate({ to: "/mail-merges/$id", params: { id: merge.id } });
    } catch (error) {
      setBusy(false);
      toast(problemText(error), { tone: "danger", shownMs: 12_000 });
    }
  };
}
