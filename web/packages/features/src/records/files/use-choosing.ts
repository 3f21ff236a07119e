/** Leaves for the provider's own page to choose files there. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { isProblem } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useEffect } from "react";
import { keys, useApi, useProblemText } from "../../core";
import { fileCalls } from "./calls";
import { forgetLeaving, markLeaving } from "./picked";
import type { RecordFile } from "./types";

/** The account does not allow it (any more). */
const LACKING = ["feature_off", "needs_reauthorization", "paused"];

type Asked = {
  record: string;
  files: readonly RecordFile[];
  /** No account can be used. */
  onLack: () => void;
};

export function useChoosing({ record, files, onLack }: Asked) {
  const api = useApi();
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const problemText = useProblemText();
  const { mutate, reset, isPending, isSuccess } = useMutation({
    mutationFn: (connection: string) => fileCalls(api).pick(record, connection),
    onSuccess: ({ authorization_url }) => {
      markLeaving(record, files);
      router.options.context.leave(authorization_url);
    },
    onError: (error) => {
      if (isProblem(error) && LACKING.includes(error.code)) {
        // What is known of the accounts is out of date.
        void client.invalidateQueries({ queryKey: keys.connections });
        onLack();
      } else toast(problemText(error), "danger");
    },
  });
  // Whoever comes back by the browser's own button may find the page as they left it.
  useEffect(() => {
    const shown = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return;
      forgetLeaving();
      reset();
    };
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, [reset]);
  return { choose: mutate, leaving: isPending || isSuccess };
}
