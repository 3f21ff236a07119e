import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type MailMerge, send } from "@tenon/api-client";
import { IconArrowLeft, Page, PageHeader, useToast } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { keys, ProblemState, plain, useApi, useProblemText, useTitle } from "../core";
import { LetterPanel } from "./letter-panel";
import classes from "./mail-merge.module.css";
import { MergeState } from "./merge-state";
import { PacePanel } from "./pace-panel";
import { PeoplePanel } from "./people-panel";
import { ProgressPanel } from "./progress-panel";
import { mailMergeQuery } from "./queries";
import { StartPanel } from "./start-panel";
import { useTexts } from "./use-texts";

/** One mail merge: before the start what is needed for it, and then how far it is. */
export function MailMergeScreen({ id }: { id: string }) {
  const { t } = useTranslation();
  const m = useTexts();
  const api = useApi();
  const merge = useQuery(mailMergeQuery(api, id));
  const name =
    merge.data === undefined ? m("mailmerge.title") : plain(merge.data.name) || t("mail.no_subject");
  useTitle(name);
  return (
    <Page width="58rem">
      <PageHeader
        back={
          <Link to="/mail-merges" className={classes.back}>
            <IconArrowLeft size={16} /> {m("mailmerge.title")}
          </Link>
        }
        title={
          <span className={classes.title}>
            {name} {merge.data !== undefined && <MergeState merge={merge.data} />}
          </span>
        }
        actions={merge.data !== undefined && <Remove merge={merge.data} />}
      />
      {merge.isPending && <Skeleton height={240} radius="lg" aria-busy="true" />}
      {merge.isError && merge.data === undefined && (
        <ProblemState error={merge.error} retry={() => void merge.refetch()} />
      )}
      {merge.data !== undefined && <Parts merge={merge.data} />}
    </Page>
  );
}

function Parts({ merge }: { merge: MailMerge }) {
  const open = merge.state === "draft" || merge.state === "running" || merge.state === "paused";
  return (
    <>
      {merge.state !== "draft" && <ProgressPanel merge={merge} />}
      {(merge.state === "draft" || merge.state === "paused") && <LetterPanel merge={merge} />}
      <PeoplePanel merge={merge} />
      {open && <PacePanel key={`${merge.id} pace`} merge={merge} />}
      {merge.state === "draft" && <StartPanel merge={merge} />}
    </>
  );
}

/** Only what is not under way can be forgotten. */
function Remove({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const problemText = useProblemText();
  const remove = useMutation({
    mutationFn: () => send(api.DELETE("/api/v1/mail-merges/{id}", { params: { path: { id: merge.id } } })),
    onSuccess: () => {
      toast(m("mailmerge.removed"));
      void navigate({ to: "/mail-merges" });
    },
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: () => client.invalidateQueries({ queryKey: [...keys.mailMerges, "list"] }),
  });
  if (merge.state === "running" || merge.state === "paused") return null;
  return (
    <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
      {m("mailmerge.remove")}
    </Button>
  );
}
