/** Whom a conversation is with, which records it belongs to, and who else may read it. */
import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ThreadDetail } from "@tenon/api-client";
import { IconAddressBook, IconChevronDown } from "@tenon/ui";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useApi, useMe } from "../../core";
import { RecordsProvider } from "../core/edits";
import type { ThreadRecords } from "../core/next-types";
import { RecordLink } from "../core/value-view";
import classes from "./customers.module.css";
import { JoinedBoxes } from "./joined-boxes";
import { PeopleList } from "./people-list";
import { threadRecordsQuery } from "./queries";
import { isShared, ShareThread } from "./share-thread";

export type CustomersProps = { thread: Pick<ThreadDetail, "id" | "subject"> };

export default function Customers({ thread }: CustomersProps) {
  return (
    <RecordsProvider>
      <Area key={thread.id} thread={thread} />
    </RecordsProvider>
  );
}

const OPEN_KEY = "tenon-thread-customers";
const SHOWN = 2;

function Area({ thread }: CustomersProps) {
  const { t } = useTranslation();
  const api = useApi();
  const details = useId();
  const may = useMe()?.member.role !== "viewer";
  const [open, setOpen] = useState(() => localStorage.getItem(OPEN_KEY) === "open");
  const { data, isError, refetch } = useQuery(threadRecordsQuery(api, thread.id));
  const toggle = () => {
    localStorage.setItem(OPEN_KEY, open ? "" : "open");
    setOpen(!open);
  };
  if (data === undefined)
    return (
      <div className={classes.area} aria-busy={!isError}>
        <div className={classes.summary}>
          {isError ? (
            <span className={classes.quiet}>
              {t("threads.failed")}{" "}
              <button type="button" className={classes.text} onClick={() => void refetch()}>
                {t("problem.retry")}
              </button>
            </span>
          ) : (
            <Skeleton height={14} width="60%" />
          )}
        </div>
      </div>
    );
  return (
    <section className={classes.area} aria-label={t("threads.customers")} data-open={open || undefined}>
      <div className={classes.summary}>
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={open}
          aria-controls={details}
          onClick={toggle}
        >
          <IconAddressBook size={16} stroke={1.7} aria-hidden="true" />
          <span className={classes.who}>
            <span className="tn-sr-only">{t("threads.customers")}:</span> <Who people={data.people} />
          </span>
          <IconChevronDown size={15} className={classes.chevron} aria-hidden="true" />
        </button>
        {!open && <BoxChips boxes={data.boxes} />}
        {may && data.sharing !== null && <ShareThread thread={thread.id} sharing={data.sharing} compact />}
      </div>
      <div id={details} className={classes.details}>
        <Details thread={thread} records={data} may={may} />
      </div>
    </section>
  );
}

/** The names of those who are contacts, in one line. */
function Who({ people }: { people: ThreadRecords["people"] }) {
  const { t } = useTranslation();
  const others = people.filter(({ member }) => member === null);
  const known = others.flatMap(({ contact }) => contact ?? []);
  if (known.length === 0)
    return others.length === 0 ? t("threads.only_colleagues") : t("threads.nobody_known");
  const names = known.slice(0, SHOWN).map(({ title }) => plain(title));
  const more = others.length - names.length;
  return more > 0 ? `${names.join(", ")} +${more}` : names.join(", ");
}

function BoxChips({ boxes }: { boxes: ThreadRecords["boxes"] }) {
  if (boxes.length === 0) return null;
  return (
    <span className={classes.chips}>
      {boxes.slice(0, SHOWN).map(({ record }) => (
        <span key={record.id} className={classes.chip}>
          <RecordLink record={record} />
        </span>
      ))}
      {boxes.length > SHOWN && <span className={classes.quiet}>+{boxes.length - SHOWN}</span>}
    </span>
  );
}

type DetailsProps = CustomersProps & { records: ThreadRecords; may: boolean };

function Details({ thread, records, may }: DetailsProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className={classes.title}>{t("threads.customers")}</div>
      <PeopleList people={records.people} thread={thread.id} may={may} />
      <JoinedBoxes thread={thread} records={records} may={may && records.sharing !== null} />
      {may && records.sharing !== null && (
        <div className={classes.part} data-sharing={isShared(records.sharing) ? "shared" : "private"}>
          <div className={classes.heading}>{t("threads.sharing.heading")}</div>
          <ShareThread thread={thread.id} sharing={records.sharing} />
        </div>
      )}
    </>
  );
}
