import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isProblem, type Send, type SendAt, send } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, useApi, useProblemText } from "../core";
import { callBack, patience, StoppedAsking } from "../outbox/lost-answers";
import { useHourText } from "./use-hour-text";

/** What can be done with a message that waits for its hour. */
export function useSchedule(one: Send) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const hourText = useHourText();
  const params = { path: { id: one.id } };
  const onSettled = () => client.invalidateQueries({ queryKey: keys.sends });
  const onError = (error: unknown) => {
    const text = isProblem(error, "too_late")
      ? t("outbox.too_late")
      : error instanceof StoppedAsking
        ? t("outbox.cancel_unknown")
        : problemText(error);
    toast(text, { key: one.id, tone: "danger", shownMs: 16_000 });
  };
  const reschedule = useMutation({
    mutationFn: (at: SendAt) => send(api.PATCH("/api/v1/sends/{id}", { params, body: { at } })),
    onSuccess: ({ send_at, scheduled }) => {
      const hour = hourText(send_at, scheduled?.time_zone);
      toast(t("scheduling.waits", { hour }), { key: one.id });
    },
    onError,
    onSettled,
  });
  const sendNow = useMutation({
    mutationFn: () => send(api.POST("/api/v1/sends/{id}/send-now", { params })),
    onSuccess: () => toast(t("outbox.sending"), { key: one.id }),
    onError,
    onSettled,
  });
  const cancel = useMutation({
    mutationFn: async () => {
      const asking = { onUnknown: () => undefined, pause: patience(new AbortController().signal) };
      const now = await callBack(api, one.id, asking);
      if (now.state !== "cancelled") toast(t("outbox.too_late"), { key: one.id, tone: "danger" });
      return now.state === "cancelled";
    },
    onError,
    onSettled,
  });
  const busy = reschedule.isPending || sendNow.isPending || cancel.isPending;
  return { reschedule, sendNow, cancel, busy };
}
