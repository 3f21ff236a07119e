import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ThreadDetail } from "@tenon/api-client";
import { Notice, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, labelsQuery, ProblemNotice, useApi, useFocusBack } from "../core";
import { refreshThreadLists } from "../mail/refresh";
import { discardAllSurely, patience, UnknownFate } from "../outbox/lost-answers";
import type { ComposeStart } from "./compose";
import classes from "./composer.module.css";
import { GmailLink } from "./gmail-link";

type UneditableDialogProps = { connection: string; start: ComposeStart; close: () => void };

/** The draft is too long or too deep for the editor: an empty editor would save its emptiness over it. */
export function UneditableDialog({ connection, start, close }: UneditableDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  useFocusBack();
  const one = useThreadOfOneDraft(connection, start.what === "message" ? start.message : undefined);
  const discard = useMutation({
    mutationFn: ({ thread, drafts }: DraftThread) =>
      discardAllSurely(api, [thread], drafts, patience(new AbortController().signal)),
    onSuccess: ({ discarded, kept }) => {
      if (kept > 0) toast(t("acting.drafts_kept", { count: kept }), "danger");
      else toast(t("acting.drafts_discarded", { count: discarded }));
      void client.invalidateQueries({ queryKey: keys.labels(connection) });
      void refreshThreadLists(client, api, connection);
      close();
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("compose.uneditable.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.dialogText}>{t("compose.uneditable.text")}</p>
      {one !== undefined && <p className={classes.dialogText}>{t("compose.uneditable.discard")}</p>}
      {discard.error instanceof UnknownFate ? (
        <Notice tone="danger" role="alert">
          {t("acting.discard_unknown", { count: 1 })}
        </Notice>
      ) : (
        discard.error !== null && <ProblemNotice error={discard.error} title={t("compose.discard_failed")} />
      )}
      <div className={classes.dialogActions}>
        {one !== undefined && (
          <Button
            variant="subtle"
            color="red"
            loading={discard.isPending}
            onClick={() => discard.mutate(one)}
          >
            {t("compose.discard")}
          </Button>
        )}
        <GmailLink connection={connection} />
        <Button onClick={close} data-autofocus>
          {t("common.close")}
        </Button>
      </div>
    </Modal>
  );
}

type DraftThread = { thread: ThreadDetail; drafts: string };

/** Its conversation, where it is the only draft in it: drafts that cannot be opened are discarded by conversation. */
function useThreadOfOneDraft(connection: string, message: string | undefined): DraftThread | undefined {
  const api = useApi();
  const client = useQueryClient();
  const labels = useQuery(labelsQuery(api, connection)).data;
  const drafts = labels?.find(({ role }) => role === "drafts")?.id;
  if (drafts === undefined || message === undefined) return undefined;
  for (const [, detail] of client.getQueriesData<ThreadDetail>({ queryKey: keys.threadDetails })) {
    const own = detail?.messages.filter(({ label_ids }) => label_ids.includes(drafts));
    if (detail !== undefined && own?.length === 1 && own[0]?.id === message)
      return { thread: detail, drafts };
  }
  return undefined;
}
