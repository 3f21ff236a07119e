import { Autocomplete, Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isProblem, type MailTemplate, type MailTemplateInput, send } from "@tenon/api-client";
import { Notice, useToast } from "@tenon/ui";
import { type ComponentProps, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BodyEditor as Editing, Insert } from "../compose/editor";
import { keys, late, ProblemNotice, useApi } from "../core";
import { Preview } from "./preview";
import classes from "./templates.module.css";
import { VariableMenu } from "./variable-menu";

const BodyEditor = late<ComponentProps<typeof Editing>>(
  () => import("../compose/editor").then(({ BodyEditor: Editor }) => ({ default: Editor })),
  () => <div className={classes.editing} aria-busy="true" />,
);

type TemplateDialogProps = {
  kind: MailTemplate["kind"];
  /** The one that is changed; a new one when left out. */
  template: MailTemplate | undefined;
  /** What a new one begins with. */
  begun?: Partial<MailTemplateInput> | undefined;
  folders: string[];
  close: () => void;
};

/** Writing a template: its words, its variables, and how it comes out. */
export function TemplateDialog({ kind, template, begun, folders, close }: TemplateDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const bodyLabel = useId();
  const [written, setWritten] = useState<MailTemplateInput>(
    template ?? { name: "", folder: "", subject: "", html: "", shared: false, ...begun, kind },
  );
  const [shown, setShown] = useState(false);
  /** Where a variable goes: the field that was written in last. */
  const target = useRef<"subject" | "body">("body");
  const insert = useRef<Insert>(undefined);
  const subject = useRef<HTMLInputElement>(null);
  const change = (what: Partial<MailTemplateInput>) => setWritten((now) => ({ ...now, ...what }));

  const save = useMutation({
    mutationFn: () => {
      const { name, folder = "", subject: line = "", html, shared = false } = written;
      const body = { kind, name, folder, subject: line, html, shared };
      return template === undefined
        ? send(api.POST("/api/v1/templates", { body }))
        : send(
            api.PUT("/api/v1/templates/{id}", {
              params: { path: { id: template.id } },
              body: { ...body, version: template.version },
            }),
          );
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.templates });
      toast(t("settings.saved"), { key: "template" });
      close();
    },
  });
  const problem = isProblem(save.error, "validation") ? save.error : undefined;
  const insertVariable = (text: string) => {
    const field = subject.current;
    if (target.current === "body" || field === null) {
      insert.current?.text(text);
      return;
    }
    const { selectionStart, selectionEnd, value } = field;
    const at = selectionStart ?? value.length;
    change({ subject: value.slice(0, at) + text + value.slice(selectionEnd ?? at) });
  };
  return (
    <Modal
      opened
      onClose={close}
      size="46rem"
      title={template === undefined ? t(`templates.new.${kind}`) : t(`templates.edit.${kind}`)}
      closeButtonProps={{ "aria-label": t("common.close") }}
      closeOnClickOutside={false}
    >
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {isProblem(save.error, "template_changed") ? (
          <Notice tone="warn" role="alert" title={t("templates.changed_title")}>
            {t("templates.changed_text")}
          </Notice>
        ) : (
          save.error !== null && problem === undefined && <ProblemNotice error={save.error} />
        )}
        <div className={classes.pair}>
          <TextInput
            label={t("templates.name")}
            value={written.name}
            error={problem?.field("name")}
            onChange={(event) => change({ name: event.currentTarget.value })}
            maxLength={100}
            required
            data-autofocus
          />
          <Autocomplete
            label={t("templates.folder")}
            placeholder={t("templates.no_folder")}
            value={written.folder ?? ""}
            data={folders}
            error={problem?.field("folder")}
            onChange={(folder) => change({ folder })}
          />
        </div>
        {kind === "message" && (
          <TextInput
            ref={subject}
            label={t("compose.subject")}
            value={written.subject ?? ""}
            error={problem?.field("subject")}
            onFocus={() => {
              target.current = "subject";
            }}
            onChange={(event) => change({ subject: event.currentTarget.value })}
          />
        )}
        <div>
          <div className={classes.bodyHead}>
            <span id={bodyLabel} className={classes.label}>
              {t("compose.body")}
            </span>
            <VariableMenu insert={insertVariable} />
          </div>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: notes where the cursor was */}
          <div
            className={classes.editing}
            onFocus={() => {
              target.current = "body";
            }}
          >
            <BodyEditor
              html={written.html}
              autoFocus={false}
              onChange={(html) => change({ html })}
              onPictures={() => []}
              onInsert={(run) => {
                insert.current = run;
              }}
            />
          </div>
        </div>
        {(problem?.field("html") ?? problem?.field("variables")) !== undefined && (
          <Notice tone="danger" role="alert" title={t("templates.not_kept")}>
            {problem?.field("html") ?? problem?.field("variables")}
          </Notice>
        )}
        <Checkbox
          label={t("templates.shared")}
          description={t("templates.shared_hint")}
          checked={written.shared ?? false}
          onChange={(event) => change({ shared: event.currentTarget.checked })}
        />
        {shown && <Preview subject={written.subject ?? ""} html={written.html} />}
        <div className={classes.actions}>
          <Button variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {t("templates.preview")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={written.name.trim() === ""}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
