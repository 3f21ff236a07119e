import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ApiClient, type MailMerge, type SendAt, send } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { keys, useApi, useProblemText } from "../core";
import { mailMergeQuery } from "./queries";
import { wordsOf } from "./refused";

export type Step = { what: "start"; at?: SendAt } | { what: "pause" | "resume" | "cancel" | "retry" };

function take(api: ApiClient, id: string, step: Step): Promise<MailMerge> {
  const params = { path: { id } };
  switch (step.what) {
    case "start":
      return send(
        api.POST("/api/v1/mail-merges/{id}/start", {
          params,
          body: step.at === undefined ? {} : { at: step.at },
        }),
      );
    case "pause":
      return send(api.POST("/api/v1/mail-merges/{id}/pause", { params }));
    case "resume":
      return send(api.POST("/api/v1/mail-merges/{id}/resume", { params }));
    case "cancel":
      return send(api.POST("/api/v1/mail-merges/{id}/cancel", { params }));
    case "retry":
      return send(api.POST("/api/v1/mail-merges/{id}/retry", { params }));
  }
}

/** Starts, stops and goes on. When the answer is lost, what is read next tells what became of it. */
export function useSteps(id: string) {
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  return useMutation({
    mutationFn: (step: Step) => take(api, id, step),
    onSuccess: (merge) => client.setQueryData(mailMergeQuery(api, id).queryKey, merge),
    onError: (error) => toast(wordsOf(error) ?? problemText(error), { tone: "danger", shownMs: 16_000 }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.mailMerges }),
  });
}
