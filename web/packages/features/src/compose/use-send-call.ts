import { useQueryClient } from "@tanstack/react-query";
import type { Draft, SendAt } from "@tenon/api-client";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys, useApi, useMe } from "../core";
import { patience, sendSurely } from "../outbox/lost-answers";
import { useHourText } from "../send-times";
import type { Waited } from "./begin";
import { useComposeInside } from "./compose";

const UNDO_SECONDS = 10;

/** As long as it is said that a message waits for its hour. */
const SAID_SECONDS = 12;

/** `at`: the hour at which it goes; at once when left out. */
type Confirmed = { draft: Draft; key: string; at?: SendAt | undefined };

/** Asks the server to send a draft until it is known what becomes of it, or the composer is closed. */
export function useSendCall() {
  const { t } = useTranslation();
  const hourText = useHourText();
  const api = useApi();
  const client = useQueryClient();
  const compose = useComposeInside();
  const undoSeconds = useMe()?.member.undo_send_seconds ?? UNDO_SECONDS;
  /** It is not known whether it is on its way; asks for it now. */
  const [asking, setAsking] = useState<() => void>();
  const stop = useRef(new AbortController());
  useEffect(() => {
    if (stop.current.signal.aborted) stop.current = new AbortController();
    return () => stop.current.abort();
  }, []);

  /** `again` opens it once more when it is called back. What is thrown proves that it was not sent. */
  const run = async (confirmed: Confirmed, again: (waited?: Waited) => void): Promise<void> => {
    const { at, ...what } = confirmed;
    const when = at === undefined ? { undo_seconds: undoSeconds } : { at };
    let unknown = false;
    const onUnknown = () => {
      unknown = true;
    };
    const pause = patience(stop.current.signal, (wake) => {
      if (unknown) setAsking(() => wake);
    });
    try {
      const { id, send_at, scheduled } = await sendSurely(api, { ...what, when }, { onUnknown, pause });
      void client.invalidateQueries({ queryKey: keys.sends });
      if (scheduled === null) {
        compose.follow({ id, undoSeconds, again });
        return;
      }
      const waits = t("scheduling.waits", { hour: hourText(send_at, scheduled.time_zone) });
      const waited = { at: scheduled, sendAt: send_at };
      compose.follow({ id, undoSeconds: SAID_SECONDS, again: () => again(waited), waits });
    } finally {
      setAsking(undefined);
    }
  };
  return { asking, run };
}
