import { Button, NumberInput, Switch } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isProblem, type MailMerge, type MailMergeChange, send } from "@tenon/api-client";
import { Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, useApi, useProblemText } from "../core";
import classes from "./mail-merge.module.css";
import { mailMergeQuery } from "./queries";
import { useTexts } from "./use-texts";

type Pace = Pick<MailMerge, "daily_cap" | "gap_min_seconds" | "gap_max_seconds" | "working_hours_only">;

const paceOf = ({ daily_cap, gap_min_seconds, gap_max_seconds, working_hours_only }: MailMerge): Pace => ({
  daily_cap,
  gap_min_seconds,
  gap_max_seconds,
  working_hours_only,
});

/** How fast its messages go; also while they go. */
export function PacePanel({ merge }: { merge: MailMerge }) {
  const { t } = useTranslation();
  const m = useTexts();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const [pace, setPace] = useState(paceOf(merge));
  const stored = paceOf(merge);
  const save = useMutation({
    mutationFn: (body: MailMergeChange) =>
      send(api.PATCH("/api/v1/mail-merges/{id}", { params: { path: { id: merge.id } }, body })),
    onSuccess: (now) => {
      client.setQueryData(mailMergeQuery(api, merge.id).queryKey, now);
      setPace(paceOf(now));
      toast(m("mailmerge.pace_saved"));
    },
    onError: (error) => {
      if (!isProblem(error, "validation")) toast(problemText(error), "danger");
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.mailMerges }),
  });
  const wrong = isProblem(save.error, "validation") ? save.error.fields : [];
  const number = (key: "daily_cap" | "gap_min_seconds" | "gap_max_seconds", least: number, most: number) => (
    <NumberInput
      label={m(`mailmerge.pace.${key}`)}
      value={pace[key]}
      min={least}
      max={most}
      allowDecimal={false}
      error={wrong.find(({ name }) => name === key)?.detail}
      clampBehavior="blur"
      onChange={(value) => setPace((now) => ({ ...now, [key]: Number(value) }))}
    />
  );
  const changed = JSON.stringify(pace) !== JSON.stringify(stored);
  return (
    <Panel title={m("mailmerge.pace.title")} lead={m("mailmerge.pace.lead")}>
      <form
        className={classes.pace}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(pace);
        }}
      >
        <div className={classes.numbers}>
          {number("daily_cap", 1, 2_000)}
          {number("gap_min_seconds", 0, 3_600)}
          {number("gap_max_seconds", 0, 3_600)}
        </div>
        <Switch
          label={m("mailmerge.pace.working_hours_only")}
          checked={pace.working_hours_only}
          onChange={(event) => {
            const working_hours_only = event.currentTarget.checked;
            setPace((now) => ({ ...now, working_hours_only }));
          }}
        />
        <div className={classes.actions}>
          <Button type="submit" variant="default" disabled={!changed} loading={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
