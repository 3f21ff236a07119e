/** Forgets the file and its rows; what was imported stays. */
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { isProblem } from "@tenon/api-client";
import { IconTrash, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, plain, useApi } from "../../core";
import { recordKeys } from "../core/keys";
import type { ImportItem } from "../core/next-types";
import { importCalls } from "./calls";
import classes from "./exchange.module.css";

export function RemoveButton({ item }: { item: ImportItem }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const unused = item.state === "draft" || item.state === "checked";
  const remove = useMutation({
    mutationFn: () =>
      importCalls(api)
        .remove(item.id)
        .catch((error: unknown) => {
          // It went with a call whose answer was lost.
          if (!isProblem(error) || error.status !== 404) throw error;
        }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [...recordKeys.imports, "list"] });
      toast(t("exchange.removed", { name: plain(item.name) }));
      void navigate({
        to: "/import/{-$id}",
        params: { id: undefined },
        search: { kind: item.kind },
        replace: true,
      });
    },
  });
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconTrash size={16} />}
        onClick={() => setAsking(true)}
      >
        {t("exchange.remove")}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("exchange.remove_title", { name: plain(item.name) })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {remove.error !== null && <ProblemNotice error={remove.error} />}
        <p className={classes.text}>{t(unused ? "exchange.remove_unused" : "exchange.remove_used")}</p>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("exchange.remove")}
          </Button>
        </div>
      </Modal>
    </>
  );
}
