import { ActionIcon, Button, Modal, Popover, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { isProblem, type Label, type LabelColor, send } from "@tenon/api-client";
import {
  Blank,
  backLinkClass,
  IconCheck,
  IconChevronLeft,
  IconPencil,
  IconTag,
  IconTrash,
  Page,
  PageHeader,
  Panel,
  useToast,
} from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  connectionQuery,
  keys,
  labelColorsQuery,
  labelsQuery,
  ProblemState,
  useApi,
  useFocusBack,
  useFormat,
  useProblemText,
  useTitle,
} from "../core";
import { LabelChip } from "../mail/label-chip";
import { groupLabels } from "../mail/label-order";
import classes from "./labels.module.css";

/** The person's own labels: made, renamed, coloured, deleted; at the provider, so everywhere. */
export function LabelsScreen({ connection }: { connection: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const labels = useQuery(labelsQuery(api, connection));
  const address = useQuery(connectionQuery(api, connection)).data?.address ?? "";
  const [deleting, setDeleting] = useState<Label>();
  useTitle(t("labels.title"));
  const own = labels.data === undefined ? [] : groupLabels(labels.data).own;
  return (
    <Page>
      <PageHeader
        title={t("labels.title")}
        lead={t("labels.lead", { address })}
        back={
          <Link to="/mail/$connection/{-$label}" params={{ connection }} className={backLinkClass}>
            <IconChevronLeft size={16} />
            {t("nav.mail")}
          </Link>
        }
      />
      <Panel title={t("labels.new")}>
        <NewLabel connection={connection} />
      </Panel>
      <Panel title={t("labels.own")} flush>
        {labels.isPending && <Skeleton height={120} m="md" width="auto" aria-busy="true" />}
        {labels.isError && labels.data === undefined && (
          <ProblemState error={labels.error} retry={() => void labels.refetch()} />
        )}
        {labels.data !== undefined && own.length === 0 && (
          <Blank icon={IconTag} title={t("labels.empty_title")}>
            {t("labels.empty_text")}
          </Blank>
        )}
        <ul className={classes.list}>
          {own.map((label) => (
            <LabelRow
              key={label.id}
              connection={connection}
              label={label}
              depth={label.depth}
              remove={() => setDeleting(label)}
            />
          ))}
        </ul>
      </Panel>
      {deleting !== undefined && (
        <DeleteLabel connection={connection} label={deleting} close={() => setDeleting(undefined)} />
      )}
    </Page>
  );
}

/** One word for each way a name or colour may be refused. */
function useLabelProblem(): (error: unknown) => string {
  const { t } = useTranslation();
  const problemText = useProblemText();
  return (error) => {
    if (isProblem(error, "label_exists")) return t("labels.exists");
    if (isProblem(error, "feature_off")) return t("acting.off.organizing");
    if (isProblem(error)) return error.field("name") ?? problemText(error);
    return problemText(error);
  };
}

function NewLabel({ connection }: { connection: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problem = useLabelProblem();
  const [name, setName] = useState("");
  const [color, setColor] = useState<LabelColor | null>(null);
  const create = useMutation({
    mutationFn: () =>
      send(
        api.POST("/api/v1/connections/{id}/labels", {
          params: { path: { id: connection } },
          body: { name: name.trim(), color },
        }),
      ),
    onSuccess: () => {
      toast(t("labels.made", { name: name.trim() }));
      setName("");
      setColor(null);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.labels(connection) }),
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") create.mutate();
      }}
    >
      <ColorPicker connection={connection} color={color} pick={setColor} name={name} />
      <TextInput
        className={classes.field}
        aria-label={t("labels.name")}
        placeholder={t("labels.name_hint")}
        value={name}
        maxLength={225}
        error={create.error !== null && problem(create.error)}
        onChange={(event) => {
          setName(event.currentTarget.value);
          create.reset();
        }}
      />
      <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
        {t("labels.make")}
      </Button>
    </form>
  );
}

type LabelRowProps = { connection: string; label: Label; depth: number; remove: () => void };

function LabelRow({ connection, label, depth, remove }: LabelRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problem = useLabelProblem();
  const [name, setName] = useState<string>();
  const change = useMutation({
    mutationFn: (body: { name?: string; color?: LabelColor | null }) =>
      send(api.PATCH("/api/v1/labels/{id}", { params: { path: { id: label.id } }, body })),
    onSuccess: () => setName(undefined),
    onError: (error, { name: wanted }) => {
      if (wanted === undefined) toast(problem(error), "danger");
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.labels(connection) }),
  });
  return (
    <li className={classes.row} style={{ "--depth": depth } as React.CSSProperties} data-label={label.name}>
      <ColorPicker
        connection={connection}
        color={label.color ?? null}
        name={label.name}
        pick={(color) => change.mutate({ color })}
      />
      {name === undefined ? (
        <>
          <span className={classes.name}>
            <LabelChip label={label} />
          </span>
          <span className={classes.count}>
            {t("labels.threads", { count: label.threads, number: format.number(label.threads) })}
          </span>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            aria-label={t("labels.rename", { name: label.name })}
            onClick={() => setName(label.name)}
          >
            <IconPencil size={16} stroke={1.6} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--tn-text-2)"
            aria-label={t("labels.delete", { name: label.name })}
            aria-haspopup="dialog"
            onClick={remove}
          >
            <IconTrash size={16} stroke={1.6} />
          </ActionIcon>
        </>
      ) : (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = name.trim();
            if (wanted === label.name) setName(undefined);
            else if (wanted !== "") change.mutate({ name: wanted });
          }}
        >
          <TextInput
            className={classes.field}
            data-autofocus
            autoFocus
            aria-label={t("labels.name")}
            value={name}
            maxLength={225}
            error={change.error !== null && problem(change.error)}
            onChange={(event) => {
              setName(event.currentTarget.value);
              change.reset();
            }}
            onKeyDown={(event) => {
              if (event.key === "Escape") setName(undefined);
            }}
          />
          <Button type="submit" loading={change.isPending}>
            {t("common.save")}
          </Button>
          <Button variant="default" onClick={() => setName(undefined)}>
            {t("common.cancel")}
          </Button>
        </form>
      )}
    </li>
  );
}

type ColorPickerProps = {
  connection: string;
  color: LabelColor | null;
  name: string;
  pick: (color: LabelColor | null) => void;
};

/** The provider's own palette: other colours it would refuse. */
function ColorPicker({ connection, color, name, pick }: ColorPickerProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [open, setOpen] = useState(false);
  const colors = useQuery({ ...labelColorsQuery(api, connection), enabled: open });
  const choose = (chosen: LabelColor | null) => {
    setOpen(false);
    pick(chosen);
  };
  const style = (ground: string | undefined) =>
    ground !== undefined && /^#[0-9a-f]{6}$/i.test(ground)
      ? ({ "--swatch": ground } as React.CSSProperties)
      : undefined;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={classes.swatch}
          style={style(color?.background)}
          aria-label={t("labels.color_of", { name })}
          onClick={() => setOpen(!open)}
        />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.palette}>
          {colors.data?.map((pair, at) => (
            <button
              key={`${pair.background} ${pair.text}`}
              type="button"
              className={classes.swatch}
              style={style(pair.background)}
              aria-label={t("labels.color", { number: at + 1 })}
              aria-pressed={pair.background === color?.background}
              onClick={() => choose(pair)}
            >
              {pair.background === color?.background && <IconCheck size={14} stroke={3} color={pair.text} />}
            </button>
          ))}
        </div>
        <Button size="compact-xs" variant="subtle" mt={8} onClick={() => choose(null)}>
          {t("labels.no_color")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

function DeleteLabel({ connection, label, close }: { connection: string; label: Label; close: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const api = useApi();
  const client = useQueryClient();
  const toast = useToast();
  const problem = useLabelProblem();
  useFocusBack();
  const remove = useMutation({
    mutationFn: () => send(api.DELETE("/api/v1/labels/{id}", { params: { path: { id: label.id } } })),
    onSuccess: () => {
      toast(t("labels.deleted", { name: label.name }));
      close();
    },
    onError: (error) => toast(problem(error), "danger"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.labels(connection) }),
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("labels.delete_title", { name: label.name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={classes.text}>
        {t("labels.delete_text", { count: label.threads, number: format.number(label.threads) })}
      </p>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {t("labels.delete_confirm")}
        </Button>
      </div>
    </Modal>
  );
}
