import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { composeOptionsQuery, useApi } from "../core";
import { type Begun, begin } from "./begin";
import type { ComposeWindow } from "./compose";

/** What a window begins with, and the addresses one may write from. */
export function useBegun({ key, connection, start }: ComposeWindow) {
  const api = useApi();
  const options = useQuery(composeOptionsQuery(api, connection));
  /** Taken up later in the place of what it began with. */
  const [instead, setInstead] = useState<{ begun: Begun; version: number }>();
  const query = useQuery({
    queryKey: ["composing", key] as const,
    queryFn: () => begin(api, start),
    // Loaded once: from then on the person's own text is what counts.
    staleTime: "static",
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const begun = instead?.begun ?? query.data;
  const ready = begun !== undefined && options.data !== undefined;
  const from = options.data?.from ?? [];
  const standard = from.find(({ is_default }) => is_default) ?? from[0];
  const fresh = start.what === "new" && instead === undefined;
  const data =
    ready && fresh
      ? {
          ...begun,
          written: {
            ...begun.written,
            from: standard?.address ?? null,
            signature: standard?.signature_html ?? "",
          },
        }
      : begun;
  return {
    data: ready ? data : undefined,
    /** Another one each time the content is another one. */
    version: instead?.version ?? 0,
    from,
    limit: options.data?.limits.message_bytes ?? 0,
    error: ready ? null : (query.error ?? options.error),
    retry: () => {
      void query.refetch();
      void options.refetch();
    },
    replace: (other: Begun) => setInstead((now) => ({ begun: other, version: (now?.version ?? 0) + 1 })),
  };
}
