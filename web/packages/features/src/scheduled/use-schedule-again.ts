import { useQueryClient } from "@tanstack/react-query";
import { type Send, send } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, newKey, useApi, useProblemText } from "../core";
import { patience, sendSurely } from "../outbox/lost-answers";
import { useHourText } from "../send-times";

/** Puts a message that was cancelled back into the schedule, at the hour that it had. */
export function useScheduleAgain(one: Send): () => void {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const hourText = useHourText();
  const run = async () => {
    const { scheduled: at } = one;
    if (at === null) return;
    try {
      const draft = await send(api.GET("/api/v1/drafts/{id}", { params: { path: { id: one.draft_id } } }));
      const asking = { onUnknown: () => undefined, pause: patience(new AbortController().signal) };
      const now = await sendSurely(api, { draft, key: newKey(), when: { at } }, asking);
      toast(t("scheduling.waits", { hour: hourText(now.send_at, at.time_zone) }), { key: one.id });
    } catch (error) {
      toast(`${t("scheduling.not_again")} ${problemText(error)}`, { key: one.id, tone: "danger" });
    }
    void client.invalidateQueries({ queryKey: keys.sends });
  };
  return () => void run();
}
