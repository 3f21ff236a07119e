import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Thread } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useApi, useFocusBack, useProblemText } from "../core";
import { keys } from "../core/queries";
import { refreshThreadLists } from "../mail/refresh";
import { discardAllSurely, patience, UnknownFate } from "../outbox/lost-answers";
import classes from "./label-dialog.module.css";

type DiscardDialogProps = {
  connection: string;
  threads: ReadonlyArray<Thread>;
  /** The label that drafts bear. */
  drafts: string;
  close: () => void;
  done: () => void;
};

/** Drafts that are discarded are gone for good, so it is asked first. */
export default function DiscardDialog({ connection, threads, drafts, close, done }: DiscardDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  useFocusBack();
  const discard = useMutation({
    mutationFn: () => discardAllSurely(api, threads, drafts, patience(new AbortController().signal)),
    onSuccess: ({ discarded, kept }) => {
      if (kept > 0) toast(t("acting.drafts_kept", { count: kept }), "danger");
      else toast(t("acting.drafts_discarded", { count: discarded }));
    },
    onError: (error) =>
      toast(
        error instanceof UnknownFate
          ? t("acting.discard_unknown", { count: threads.length })
          : `${t("acting.drafts_kept", { count: threads.length })} ${problemText(error)}`,
        { tone: "danger", shownMs: 16_000 },
      ),
    onSettled: async () => {
      void client.invalidateQueries({ queryKey: keys.labels(connection) });
      await refreshThreadLists(client, api, connection);
      close();
      done();
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("acting.discard_title", { count: threads.length })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p style={{ margin: 0, lineHeight: 1.55 }}>{t("acting.discard_text")}</p>
      <div className={classes.actions}>
        <Button variant="default" onClick={close} data-autofocus>
          {t("common.cancel")}
        </Button>
        <Button color="red" loading={discard.isPending} onClick={() => discard.mutate()}>
          {t("acting.discard_confirm")}
        </Button>
      </div>
    </Modal>
  );
}
