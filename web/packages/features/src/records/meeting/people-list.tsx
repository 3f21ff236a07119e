/** The people of a conversation with their contact and company; who is unknown can be added. */
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Avatar, IconUserPlus } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { plain, useFormat } from "../../core";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import type { ThreadPerson } from "../core/next-types";
import { RecordLink } from "../core/value-view";
import classes from "./customers.module.css";
import { contactOf } from "./prefill";

type PeopleListProps = { people: ThreadPerson[]; thread: string; may: boolean };

export function PeopleList({ people, thread, may }: PeopleListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const others = people.filter(({ member }) => member === null);
  const colleagues = people.flatMap(({ member }) => (member === null ? [] : [plain(member.name)]));
  return (
    <div className={classes.part}>
      <div className={classes.heading}>{t("threads.people")}</div>
      {others.length > 0 && (
        <ul className={classes.people}>
          {others.map((person) => (
            <li key={person.address}>
              <Person person={person} thread={thread} may={may} />
            </li>
          ))}
        </ul>
      )}
      {colleagues.length > 0 && (
        <p className={classes.quiet}>{t("threads.colleagues", { names: format.list(colleagues) })}</p>
      )}
    </div>
  );
}

function Person({ person, thread, may }: { person: ThreadPerson; thread: string; may: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const name = plain(person.name) || person.address;
  const add = () =>
    edits.create({
      kind: "contact",
      values: contactOf(person),
      refs: person.company === null ? [] : [person.company],
      onCreated: () => void client.invalidateQueries({ queryKey: recordKeys.threadRecords(thread) }),
    });
  return (
    <div className={classes.person}>
      <Avatar name={name} seed={person.address} size={28} />
      <div className={classes.personText}>
        <div className={classes.personName}>
          {person.contact === null ? name : <RecordLink record={person.contact} icon={false} />}
        </div>
        {person.company === null ? (
          <div className={classes.quiet}>{person.address}</div>
        ) : (
          <div className={classes.company}>
            <RecordLink record={person.company} />
          </div>
        )}
      </div>
      {person.contact === null && may && (
        <Button
          size="compact-xs"
          variant="light"
          leftSection={<IconUserPlus size={14} />}
          aria-label={t("threads.add_named", { name })}
          onClick={add}
        >
          {t("threads.add")}
        </Button>
      )}
    </div>
  );
}
