import { useQueryClient } from "@tanstack/react-query";
import type { Draft } from "@tenon/api-client";
import { useEffect, useRef, useState } from "react";
import { keys, useApi, useMe } from "../core";
import { patience, sendSurely } from "../outbox/lost-answers";
import { useComposeInside } from "./compose";

const UNDO_SECONDS = 10;

type Confirmed = { draft: Draft; key: string };

/** Asks the server to send a draft until it is known what becomes of it, or the composer is closed. */
export function useSendCall() {
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
  const run = async (confirmed: Confirmed, again: () => void): Promise<void> => {
    let unknown = false;
    const onUnknown = () => {
      unknown = true;
    };
    const pause = patience(stop.current.signal, (wake) => {
      if (unknown) setAsking(() => wake);
    });
    try {
      const { id } = await sendSurely(api, { ...confirmed, undoSeconds }, { onUnknown, pause });
      void client.invalidateQueries({ queryKey: keys.sends });
      compose.follow({ id, undoSeconds, again });
    } finally {
      setAsking(undefined);
    }
  };
  return { asking, run };
}
