import { sessionQuery } from "@tenon/features";
import { useEffect } from "react";
import type { AppInstance } from "./app";

/** All tabs of this browser share one cookie, so what one does to the session is done to all. */
export const SESSION_CHANNEL = "tenon-session";
export type SessionNews = { member: string | null };

/**
 * Tells the other tabs who is signed in now; a tab that thought otherwise asks the server at once. One that stands
 * at the sign-in page then finds somebody signed in, and goes on.
 */
export function useSessionNews({ api, client, whose }: AppInstance): void {
  useEffect(() => {
    if (typeof BroadcastChannel === "undefined") return;
    const channel = new BroadcastChannel(SESSION_CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<SessionNews>) => {
      if ((whose.member ?? null) === data.member) return;
      void client.fetchQuery({ ...sessionQuery(api), staleTime: 0 }).catch(() => undefined);
    };
    const stop = whose.listen(({ now }) =>
      channel.postMessage({ member: now ?? null } satisfies SessionNews),
    );
    return () => {
      stop();
      channel.close();
    };
  }, [api, client, whose]);
}
