import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send, type Thread } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useApi, useFocusBack, useProblemText } from "../core";
import { keys } from "../core/queries";
import { refreshThreadLists } from "../mail/refresh";
import classes from "./label-dialog.module.css";

type DiscardDialogProps = {
  connection: string;
  threads: ReadonlyArray<Thread>;
  close: () => void;
  done: () => void;
};

/** As many as the server takes at once. */
const AT_ONCE = 100;

/** Drafts that are discarded are gone for good, so it is asked first. */
export default function DiscardDialog({ connection, threads, close, done }: DiscardDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  useFocusBack();
  const discard = useMutation({
    mutationFn: async () => {
      const sum = { discarded: 0, kept: 0 };
      for (let at = 0; at < threads.length; at += AT_ONCE) {
        const some = threads.slice(at, at + AT_ONCE).map(({ id }) => id);
        const answer = await send(api.POST("/api/v1/drafts/discard", { body: { threads: some } }));
        sum.discarded += answer.discarded;
        sum.kept += answer.kept;
      }
      return sum;
    },
    onSuccess: ({ discarded, kept }) => {
      if (kept > 0) toast(t("acting.drafts_kept", { count: kept }), "danger");
      else toast(t("acting.drafts_discarded", { count: discarded }));
    },
    onError: (error) => toast(`${t("compose.discard_failed")} ${problemText(error)}`, "danger"),
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
