import { Anchor, Button, Modal, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Connection, type DisconnectPreview, send } from "@tenon/api-client";
import { IconExternalLink, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { disconnectPreviewQuery, keys, ProblemNotice, ProblemState, useApi } from "../core";
import classes from "./connections.module.css";
import { Counts } from "./counts";

type DisconnectDialogProps = {
  connection: Connection;
  opened: boolean;
  close: () => void;
  onDisconnected: (receiptId: string) => void;
};

/** Says what and how many before anything happens; the red button is the only way on. */
export function DisconnectDialog({ connection, opened, close, onDisconnected }: DisconnectDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const preview = useQuery({ ...disconnectPreviewQuery(api, connection.id), enabled: opened });
  const disconnect = useMutation({
    mutationFn: () =>
      send(api.POST("/api/v1/connections/{id}/disconnect", { params: { path: { id: connection.id } } })),
    onSuccess: (receipt) => {
      client.setQueryData([...keys.receipts, receipt.id], receipt);
      for (const queryKey of [keys.connection(connection.id), keys.health(connection.id)]) {
        client.removeQueries({ queryKey });
      }
      client.removeQueries({ queryKey: keys.threadLists(connection.id) });
      client.removeQueries({ queryKey: keys.threadDetails });
      client.removeQueries({ queryKey: ["message"] });
      void client.invalidateQueries({ queryKey: keys.connections, exact: true });
      void client.invalidateQueries({ queryKey: keys.receipts, exact: true });
      onDisconnected(receipt.id);
    },
  });

  return (
    <Modal
      opened={opened}
      onClose={() => {
        if (!disconnect.isPending) close();
      }}
      title={t("disconnect.title", { address: connection.address })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.dialogText}>{t("disconnect.lead")}</p>
      {preview.isPending && (
        <div aria-busy="true">
          <Skeleton height={180} radius="md" />
        </div>
      )}
      {preview.isError && <ProblemState error={preview.error} retry={() => void preview.refetch()} />}
      {preview.data !== undefined && <PreviewText preview={preview.data} />}
      {disconnect.error !== null && <ProblemNotice error={disconnect.error} title={t("disconnect.failed")} />}
      <div className={classes.dialogActions}>
        <Button variant="default" onClick={close} disabled={disconnect.isPending} data-autofocus>
          {t("common.cancel")}
        </Button>
        <Button
          color="red"
          loading={disconnect.isPending}
          disabled={preview.data === undefined}
          onClick={() => disconnect.mutate()}
        >
          {t("disconnect.confirm")}
        </Button>
      </div>
    </Modal>
  );
}

function PreviewText({ preview }: { preview: DisconnectPreview }) {
  const { t } = useTranslation();
  const { revoke, unsent } = preview;
  return (
    <>
      {unsent > 0 && (
        <div className={classes.unsent}>
          <Notice tone="warn" title={t("disconnect.unsent", { count: unsent })}>
            {t("disconnect.unsent_text")}
          </Notice>
        </div>
      )}
      <Counts counts={preview.counts} />
      <p className={classes.sub} style={{ margin: "0.625rem 0 1rem" }}>
        {t("disconnect.key")} <span className={classes.mono}>{preview.key_id}</span>
      </p>
      {revoke.will_revoke ? (
        <p className={classes.dialogText}>{t("disconnect.will_revoke")}</p>
      ) : (
        <Notice>
          {revoke.reason === "shared_grant" ? t("disconnect.shared_grant") : t("disconnect.no_revoke")}
          {revoke.link != null && (
            <>
              {" "}
              <Anchor href={revoke.link} target="_blank" rel="noreferrer">
                {t("disconnect.end_there")} <IconExternalLink size={12} />
              </Anchor>
            </>
          )}
        </Notice>
      )}
    </>
  );
}
