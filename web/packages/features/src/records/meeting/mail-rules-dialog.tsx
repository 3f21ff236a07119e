/** Which conversations of one's own mailboxes join a record by themselves. */
import { Button, Checkbox, Modal, NativeSelect } from "@mantine/core";
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { connectionsQuery, labelsQuery, ProblemNotice, plain, useApi, useFocusBack } from "../../core";
import { recordKeys } from "../core/keys";
import type { MailRule } from "../core/next-types";
import type { RecordItem } from "../core/types";
import dialogs from "../record/dialogs.module.css";
import { RecordSkeleton } from "../record/record-states";
import { meetingCalls } from "./calls";
import { mailRulesQuery } from "./queries";
import classes from "./record-threads.module.css";

type MailRulesDialogProps = { record: RecordItem; close: () => void };

export default function MailRulesDialog({ record, close }: MailRulesDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  useFocusBack();
  const rules = useQuery(mailRulesQuery(api, record.id));
  return (
    <Modal
      opened
      onClose={close}
      title={t("threads.rules.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {rules.isPending && <RecordSkeleton />}
      {rules.isError && <ProblemNotice error={rules.error} />}
      {rules.data !== undefined && <RulesForm record={record} rules={rules.data} close={close} />}
    </Modal>
  );
}

/** Of all one's mailboxes. */
const EVERYWHERE = { label: null, connection: null };

const hasLinks = (value: unknown) => (Array.isArray(value) ? value.length > 0 : typeof value === "string");

function RulesForm({ record, rules, close }: MailRulesDialogProps & { rules: MailRule[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const has = (from: MailRule["from"]) => rules.some((rule) => rule.from === from);
  const [contacts, setContacts] = useState(has("contacts"));
  const [domain, setDomain] = useState(has("domain"));
  const [labels, setLabels] = useState(() => rules.filter(({ from }) => from === "label"));
  const choices = useLabelChoices();
  const [adding, setAdding] = useState("");
  const save = useMutation({
    mutationFn: () =>
      meetingCalls(api).setRules(record.id, [
        ...(contacts ? [{ from: "contacts" as const, ...EVERYWHERE }] : []),
        ...(domain ? [{ from: "domain" as const, ...EVERYWHERE }] : []),
        ...labels,
      ]),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: recordKeys.conversations(record.id) });
      void client.invalidateQueries({ queryKey: recordKeys.mailRules(record.id) });
      void client.invalidateQueries({ queryKey: recordKeys.timeline(record.id) });
      toast(t("threads.rules.saved"));
      close();
    },
  });
  const free = choices.filter(({ label }) => !labels.some((rule) => rule.label === label));
  return (
    <>
      {save.error !== null && <ProblemNotice error={save.error} />}
      <p className={dialogs.text}>{t("threads.rules.what")}</p>
      <fieldset className={classes.rules}>
        <legend>{t("threads.rules.when")}</legend>
        <Checkbox
          checked={contacts}
          label={t("threads.rules.contacts")}
          description={hasLinks(record.values.contacts) ? undefined : t("threads.rules.no_contacts")}
          onChange={(event) => setContacts(event.currentTarget.checked)}
        />
        <Checkbox
          checked={domain}
          label={t("threads.rules.domain")}
          description={hasLinks(record.values.company) ? undefined : t("threads.rules.no_company")}
          onChange={(event) => setDomain(event.currentTarget.checked)}
        />
        {labels.map((rule) => {
          const name =
            choices.find(({ label }) => label === rule.label)?.name ?? t("threads.rules.some_label");
          return (
            <Checkbox
              key={rule.label}
              checked
              label={t("threads.rules.label", { name })}
              onChange={() => setLabels(labels.filter((one) => one !== rule))}
            />
          );
        })}
        {free.length > 0 && (
          <NativeSelect
            size="sm"
            label={t("threads.rules.add_label")}
            value={adding}
            data={[
              { value: "", label: t("threads.rules.choose_label") },
              ...free.map(({ label, name }) => ({ value: label, label: name })),
            ]}
            onChange={(event) => {
              const found = free.find(({ label }) => label === event.currentTarget.value);
              setAdding("");
              if (found !== undefined)
                setLabels([...labels, { from: "label", label: found.label, connection: found.connection }]);
            }}
          />
        )}
      </fieldset>
      <p className={dialogs.note}>{t("threads.rules.note")}</p>
      <div className={dialogs.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {t("common.save")}
        </Button>
      </div>
    </>
  );
}

/** The member's own labels, in all their mailboxes. */
function useLabelChoices() {
  const api = useApi();
  const connections = useQuery(connectionsQuery(api)).data ?? [];
  return useQueries({
    queries: connections.map(({ id }) => labelsQuery(api, id)),
    combine: (results) =>
      results.flatMap(({ data }, at) =>
        (data ?? [])
          .filter(({ type }) => type === "user")
          .map(({ id, name }) => ({
            label: id,
            name: connections.length > 1 ? `${plain(name)} · ${connections[at]?.address ?? ""}` : plain(name),
            connection: connections[at]?.id ?? "",
          })),
      ),
  });
}
