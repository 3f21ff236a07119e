/** The records that a conversation belongs to: joined by hand, or by a rule of theirs. */
import { ActionIcon } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { IconX } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { plain, useApi, useMe } from "../../core";
import { useRecordEdits } from "../core/edits";
import { recordKeys } from "../core/keys";
import type { FoundRecord, JoinedBox, ThreadRecords } from "../core/next-types";
import { OptionChip } from "../core/option-chip";
import { RecordLink } from "../core/value-view";
import { useMembers } from "../core/words";
import { BoxPicker } from "./box-picker";
import { meetingCalls } from "./calls";
import classes from "./customers.module.css";

type JoinedBoxesProps = { thread: { id: string }; records: ThreadRecords; may: boolean };

export function JoinedBoxes({ thread, records, may }: JoinedBoxesProps) {
  const { t } = useTranslation();
  const members = useMembers();
  const { join, part } = useJoining(thread.id);
  const [rounds, setRounds] = useState(0);
  const { boxes } = records;
  return (
    <div className={classes.part}>
      <div className={classes.heading}>{t("threads.joined")}</div>
      {boxes.length === 0 && <p className={classes.quiet}>{t("threads.joined_none")}</p>}
      <ul className={classes.boxes}>
        {boxes.map((box) => {
          const why =
            box.cause === "rule" ? t("threads.by_rule") : t("threads.by", { who: members.name(box.by) });
          return (
            <li key={box.record.id}>
              <span className={classes.boxText} title={why}>
                <RecordLink record={box.record} />
                {box.stage !== null && <OptionChip label={box.stage.name} color={box.stage.color} />}
                {box.cause === "rule" && <span className={classes.quiet}>{t("threads.by_rule")}</span>}
              </span>
              {may && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("threads.take_off", { title: plain(box.record.title) })}
                  onClick={() => void part(box)}
                >
                  <IconX size={15} />
                </ActionIcon>
              )}
            </li>
          );
        })}
      </ul>
      {may && (
        <BoxPicker
          // Empty again for the next one.
          key={rounds}
          without={boxes.map(({ record }) => record.id)}
          onChoose={(found) => {
            setRounds(rounds + 1);
            void join(found);
          }}
        />
      )}
    </div>
  );
}

/** Joined and taken off at once; what is refused goes back. */
function useJoining(thread: string) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const edits = useRecordEdits();
  const me = useMe()?.member.id ?? "";
  const queryKey = recordKeys.threadRecords(thread);
  const show = (change: (boxes: JoinedBox[]) => JoinedBox[]) =>
    client.setQueryData<ThreadRecords>(queryKey, (known) =>
      known === undefined ? known : { ...known, boxes: change(known.boxes) },
    );
  const run = async (change: (boxes: JoinedBox[]) => JoinedBox[], call: () => Promise<void>) => {
    await client.cancelQueries({ queryKey });
    const before = client.getQueryData<ThreadRecords>(queryKey);
    show(change);
    try {
      await call();
      void client.invalidateQueries({ queryKey: recordKeys.allConversations });
      void client.invalidateQueries({ queryKey: recordKeys.timelines });
      void client.invalidateQueries({ queryKey });
      return true;
    } catch (error) {
      client.setQueryData(queryKey, before);
      edits.refused(error);
      return false;
    }
  };
  const put = (box: JoinedBox) =>
    run(
      (boxes) => [...boxes.filter(({ record }) => record.id !== box.record.id), box],
      () => meetingCalls(api).join(thread, box.record.id),
    );
  const take = (box: JoinedBox) =>
    run(
      (boxes) => boxes.filter(({ record }) => record.id !== box.record.id),
      () => meetingCalls(api).part(thread, box.record.id),
    );
  return {
    async join({ record }: FoundRecord) {
      const box: JoinedBox = {
        record,
        stage: null,
        pipeline: null,
        by: me,
        cause: "hand",
        at: new Date().toISOString(),
      };
      if (await put(box))
        edits.offerUndo(t("threads.now_joined", { title: plain(record.title) }), () => void take(box));
    },
    async part(box: JoinedBox) {
      if (await take(box))
        edits.offerUndo(t("threads.taken_off", { title: plain(box.record.title) }), () => void put(box));
    },
  };
}
