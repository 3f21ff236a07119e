import { Button, Modal, NativeSelect, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type CheckedTime, isProblem, type SendAt } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, useApi, useMe } from "../core";
import { checkedTimeQuery, sendTimesQuery } from "./queries";
import classes from "./time-dialog.module.css";
import { useHourText, useShortHour } from "./use-hour-text";
import { timeZones, wallDay } from "./wall";

/** Typing a date takes a few keys. */
const TYPING_MS = 250;

type TimeDialogProps = {
  title: string;
  /** The hour that it has now, or had. */
  before?: SendAt | undefined;
  busy?: boolean;
  /** What went wrong with the hour chosen last. */
  failed?: ReactNode;
  choose: (at: SendAt) => void;
  close: () => void;
};

/** Chooses an hour: one of those that make sense now, or any minute on anybody's wall. */
export function TimeDialog({ title, before, busy = false, failed, choose, close }: TimeDialogProps) {
  const { t } = useTranslation();
  const api = useApi();
  const shortHour = useShortHour();
  const own = useMe()?.member.time_zone ?? "UTC";
  const offered = useQuery(sendTimesQuery(api));
  const [zone, setZone] = useState(before?.time_zone ?? own);
  const [written, setWritten] = useState(before?.local.split("T") ?? ["", ""]);
  const [date = "", time = ""] = written;
  const zones = useMemo(() => timeZones(own, zone), [own, zone]);
  const today = wallDay(new Date(), zone);
  const at = date !== "" && time !== "" ? { local: `${date}T${time}`, time_zone: zone } : undefined;
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
      {failed}
      <ul className={classes.presets} aria-label={t("scheduling.offered")}>
        {offered.isPending && <Skeleton height={132} radius="md" aria-busy="true" />}
        {offered.data?.presets.map(({ preset, local, send_at }) => (
          <li key={preset}>
            <button
              type="button"
              className={classes.preset}
              disabled={busy}
              onClick={() => choose({ local, time_zone: offered.data.time_zone })}
            >
              <span>{t(`scheduling.preset.${preset}`)}</span>
              <span className={classes.hour}>{shortHour(send_at)}</span>
            </button>
          </li>
        ))}
      </ul>
      {offered.isError && <ProblemNotice error={offered.error} />}
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (at !== undefined) choose(at);
        }}
      >
        <h3 className={classes.heading}>{t("scheduling.own_hour")}</h3>
        <div className={classes.fields}>
          <TextInput
            type="date"
            label={t("scheduling.date")}
            min={today}
            value={date}
            onChange={(event) => setWritten([event.currentTarget.value, time === "" ? "09:00" : time])}
          />
          <TextInput
            type="time"
            label={t("scheduling.time")}
            value={time}
            onChange={(event) => setWritten([date, event.currentTarget.value])}
          />
          <NativeSelect
            className={classes.zone}
            label={t("settings.time_zone")}
            value={zone}
            data={zones.map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
        </div>
        <Chosen at={at} busy={busy} />
      </form>
    </Modal>
  );
}

/** What the hour comes to, said before it is taken. */
function Chosen({ at, busy }: { at: SendAt | undefined; busy: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const text = `${at?.local ?? ""} ${at?.time_zone ?? ""}`;
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const checked = useQuery({
    ...checkedTimeQuery(api, at ?? { local: "", time_zone: "" }),
    enabled: at !== undefined && settled === text,
  });
  const known = settled === text ? checked.data : undefined;
  const impossible = settled === text && isProblem(checked.error, "validation");
  return (
    <>
      <div className={classes.outcome} role="status">
        {known !== undefined && <Outcome known={known} />}
        {impossible && <Notice tone="danger">{t("scheduling.impossible")}</Notice>}
        {checked.error !== null && !impossible && <ProblemNotice error={checked.error} />}
      </div>
      <div className={classes.actions}>
        <Button type="submit" loading={busy} disabled={at === undefined || impossible}>
          {t("scheduling.schedule")}
        </Button>
      </div>
    </>
  );
}

function Outcome({ known }: { known: CheckedTime }) {
  const { t } = useTranslation();
  const hourText = useHourText();
  const hour = hourText(known.send_at, known.time_zone);
  return (
    <>
      <p className={classes.goes}>{t("scheduling.goes", { hour })}</p>
      {known.moved && <Notice tone="warn">{t("scheduling.moved")}</Notice>}
      {!known.working_hours && <p className={classes.note}>{t("scheduling.outside_hours")}</p>}
    </>
  );
}
