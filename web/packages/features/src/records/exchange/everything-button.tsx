/** All that a member may see, in one file: for a move, or to keep. */
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { IconDownload, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useProblemText } from "../../core";
import { saveFile } from "./save-file";

export default function EverythingButton() {
  const { t } = useTranslation();
  const toast = useToast();
  const problemText = useProblemText();
  const save = useMutation({
    mutationFn: () =>
      saveFile({
        path: "/api/v1/exports/everything",
        body: {},
        name: `tenon-${new Date().toISOString().slice(0, 10)}.zip`,
        large: true,
      }),
    onSuccess: (saved) => void (saved && toast(t("exchange.export.done"))),
    onError: (error) => toast(problemText(error), { tone: "danger" }),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      {t("exchange.export.everything")}
    </Button>
  );
}
