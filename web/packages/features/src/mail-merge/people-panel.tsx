import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  type MailMerge,
  type MailMergeRecipient,
  type MailMergeRecipientState,
  send,
} from "@tenon/api-client";
import { IconX, Panel, useToast } from "@tenon/ui";
import { useState } from "react";
import { keys, ProblemNotice, plain, useApi, useFormat, useProblemText } from "../core";
import { AddPeople } from "./add-people";
import { cameBack, FailureText, hasComeBack, type MergeResponse, PersonBack, RESPONSES } from "./came-back";
import classes from "./mail-merge.module.css";
import { PersonState } from "./merge-state";
import { countOf, recipientsQuery, type WhoShown, wholeOf } from "./queries";
import { useTexts } from "./use-texts";

/** In the order in which they are offered. */
const STATES: readonly MailMergeRecipientState[] = [
  "waiting",
  "sending",
  "sent",
  "doubtful",
  "refused",
  "skipped",
  "cancelled",
];

/** The list: whom it goes to, and what became of each. */
export function PeoplePanel({ merge }: { merge: MailMerge }) {
  const m = useTexts();
  const api = useApi();
  const format = useFormat();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const [who, setWho] = useState<WhoShown>({});
  const people = useInfiniteQuery(recipientsQuery(api, merge.id, who));
  const whole = wholeOf(merge);
  const changes = merge.state === "draft" || merge.state === "paused";
  const clear = useMutation({
    mutationFn: () =>
      send(api.DELETE("/api/v1/mail-merges/{id}/recipients", { params: { path: { id: merge.id } } })),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.mailMerges }),
  });
  const shown = people.data?.pages.flatMap(({ items }) => items) ?? [];
  const states = STATES.filter((one) => countOf(merge, one) > 0);
  const back = cameBack(merge);
  const responses = RESPONSES.filter((one) => back[one] > 0);
  return (
    <Panel
      title={m("mailmerge.list")}
      aside={
        merge.state === "draft" &&
        whole > 0 && (
          <Button size="xs" variant="default" loading={clear.isPending} onClick={() => clear.mutate()}>
            {m("mailmerge.clear")}
          </Button>
        )
      }
      lead={m("mailmerge.people", { count: whole, number: format.number(whole) })}
    >
      {changes && <AddPeople merge={merge} />}
      {states.length + responses.length > 1 && (
        <NativeSelect
          className={classes.filter}
          aria-label={m("mailmerge.filter")}
          value={who.state ?? who.response ?? ""}
          data={[
            { value: "", label: m("mailmerge.everybody") },
            ...states.map((one) => ({
              value: one,
              label: `${m(`mailmerge.person.${one}`)} (${format.number(countOf(merge, one))})`,
            })),
            ...responses.map((one) => ({
              value: one,
              label: `${m(`mailmerge.back.${one}`)} (${format.number(back[one])})`,
            })),
          ]}
          onChange={(event) => {
            const word = event.currentTarget.value;
            setWho(shownBy(word));
          }}
        />
      )}
      {people.isError && <ProblemNotice error={people.error} />}
      {shown.length > 0 && (
        <ul className={classes.people}>
          {shown.map((person) => (
            <PersonRow key={person.number} merge={merge} person={person} />
          ))}
        </ul>
      )}
      {people.hasNextPage && (
        <Button
          size="xs"
          variant="default"
          mt="sm"
          loading={people.isFetchingNextPage}
          onClick={() => void people.fetchNextPage()}
        >
          {m("mailmerge.more")}
        </Button>
      )}
    </Panel>
  );
}

/** One state, or one thing that came back; everybody otherwise. */
function shownBy(word: string): WhoShown {
  const state = STATES.find((one) => one === word);
  if (state !== undefined) return { state };
  const response: MergeResponse | undefined = RESPONSES.find((one) => one === word);
  return response === undefined ? {} : { response };
}

type PersonRowProps = { merge: MailMerge; person: MailMergeRecipient };

function PersonRow({ merge, person }: PersonRowProps) {
  const m = useTexts();
  const api = useApi();
  const format = useFormat();
  const client = useQueryClient();
  const toast = useToast();
  const problemText = useProblemText();
  const { number, name, address, state, reason_text, missing, settled_at } = person;
  const remove = useMutation({
    mutationFn: () =>
      send(
        api.DELETE("/api/v1/mail-merges/{id}/recipients/{number}", {
          params: { path: { id: merge.id, number } },
        }),
      ),
    onError: (error) => toast(problemText(error), "danger"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.mailMerges }),
  });
  const may = (state === "waiting" || state === "skipped") && !["done", "cancelled"].includes(merge.state);
  return (
    <li className={classes.person}>
      <div className={classes.rowText}>
        <div className={classes.personName}>{plain(name) || address}</div>
        {name !== "" && <div className={classes.rowNote}>{address}</div>}
        {reason_text != null && (
          <div className={classes.rowReason}>
            {reason_text} {missing.join(", ")}
          </div>
        )}
        {person.failure !== null && (
          <div className={classes.rowReason}>
            <FailureText failure={person.failure} />
          </div>
        )}
      </div>
      {state === "sent" && settled_at != null && (
        <time className={classes.note} dateTime={settled_at}>
          {format.medium(settled_at)}
        </time>
      )}
      {merge.state !== "draft" &&
        (state === "doubtful" ? (
          <Link to="/outbox" className={classes.decide}>
            {m("mailmerge.decide")}
          </Link>
        ) : hasComeBack(person) ? (
          <PersonBack person={person} />
        ) : (
          <PersonState state={state} />
        ))}
      {may && (
        <button
          type="button"
          className={classes.tool}
          aria-label={m("mailmerge.take_out", { person: plain(name) || address })}
          title={m("mailmerge.take_out", { person: plain(name) || address })}
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <IconX size={16} />
        </button>
      )}
    </li>
  );
}
