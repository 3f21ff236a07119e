import { ActionIcon, Skeleton } from "@mantine/core";
import { useFocusTrap } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type Draft, type DraftKind, send } from "@tenon/api-client";
import { IconArrowsMaximize, IconArrowsMinimize, IconMinus, IconX } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { composeOptionsQuery, ProblemState, plain, useApi } from "../core";
import type { ComposeStart, ComposeWindow } from "./compose";
import { Composer } from "./composer";
import classes from "./composer.module.css";
import { EMPTY, type Written, writtenFromDraft, writtenFromReply } from "./written";

type ComposerWindowProps = {
  window: ComposeWindow;
  phone: boolean;
  hidden: boolean;
  close: () => void;
  setSmall: (small: boolean) => void;
};

export type Begun = {
  kind: DraftKind;
  /** The message it answers. */
  message: string | null;
  draft: Draft | undefined;
  written: Written;
};

/** A composer with its frame; loads what it begins with. */
export function ComposerWindow({ window, phone, hidden, close, setSmall }: ComposerWindowProps) {
  const { t } = useTranslation();
  const [subject, setSubject] = useState("");
  const [large, setLarge] = useState(false);
  /** Closing saves first; the composer says how. */
  const [closing, setClosing] = useState(false);
  const begun = useBegun(window);
  const trap = useFocusTrap(phone && !hidden);
  const kind = begun.data?.kind ?? "new";
  const title = plain(subject) || t(`compose.title.${kind}`);
  const error = begun.error;
  return (
    <section
      ref={trap}
      className={classes.window}
      data-small={window.small && !phone ? "" : undefined}
      data-large={large && !phone ? "" : undefined}
      hidden={hidden}
      role="dialog"
      aria-modal={phone ? true : undefined}
      aria-label={t("compose.window", { title })}
      data-covers={phone && !hidden ? "" : undefined}
      data-testid="composer"
    >
      <header className={classes.head}>
        <h2 className={classes.heading}>{title}</h2>
        {!phone && (
          <>
            <HeadButton
              label={t(window.small ? "compose.restore" : "compose.minimize")}
              icon={<IconMinus size={16} />}
              run={() => setSmall(!window.small)}
            />
            <HeadButton
              label={t(large ? "compose.smaller" : "compose.larger")}
              icon={large ? <IconArrowsMinimize size={16} /> : <IconArrowsMaximize size={16} />}
              run={() => {
                setSmall(false);
                setLarge(!large);
              }}
            />
          </>
        )}
        <HeadButton
          label={t("compose.close")}
          icon={<IconX size={18} />}
          run={() => (begun.data === undefined ? close() : setClosing(true))}
        />
      </header>
      <div className={classes.inside} hidden={window.small && !phone}>
        {begun.data !== undefined ? (
          <Composer
            connection={window.connection}
            begun={begun.data}
            from={begun.from}
            limit={begun.limit}
            closing={closing}
            stay={() => setClosing(false)}
            askClose={() => setClosing(true)}
            close={close}
            onSubject={setSubject}
          />
        ) : error !== null ? (
          <ProblemState error={error} retry={begun.retry} />
        ) : (
          <div className={classes.loading} aria-busy="true">
            {[40, 60, 90, 75].map((width) => (
              <Skeleton key={width} height={12} width={`${width}%`} mb={18} />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

function HeadButton({ label, icon, run }: { label: string; icon: React.ReactNode; run: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" c="var(--tn-text-2)" aria-label={label} onClick={run}>
      {icon}
    </ActionIcon>
  );
}

/** Loads the original, the draft, the addresses one may write from. */
function useBegun({ key, connection, start }: ComposeWindow) {
  const api = useApi();
  const options = useQuery(composeOptionsQuery(api, connection));
  const query = useQuery({
    queryKey: ["composing", key] as const,
    queryFn: () => load(start),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  async function load(from: ComposeStart): Promise<Begun> {
    if (from.what === "again") return from.begun;
    if (from.what === "answer") {
      const { message, kind } = from;
      const params = { path: { id: message }, query: { kind } };
      const reply = await send(api.GET("/api/v1/messages/{id}/compose", { params }));
      return { kind, message, draft: undefined, written: writtenFromReply(reply) };
    }
    if (from.what === "message") {
      const path = { params: { path: { id: from.message } } };
      const draft = await send(api.POST("/api/v1/messages/{id}/draft", path));
      return { kind: draft.kind, message: draft.message_id, draft, written: writtenFromDraft(draft) };
    }
    return { kind: "new", message: null, draft: undefined, written: EMPTY };
  }
  const ready = query.data !== undefined && options.data !== undefined;
  const from = options.data?.from ?? [];
  const standard = from.find(({ is_default }) => is_default) ?? from[0];
  const begun = query.data;
  const data =
    ready && begun !== undefined
      ? start.what === "new"
        ? {
            ...begun,
            written: {
              ...begun.written,
              from: standard?.address ?? null,
              signature: standard?.signature_html ?? "",
            },
          }
        : begun
      : undefined;
  return {
    data,
    from,
    limit: options.data?.limits.message_bytes ?? 0,
    error: ready ? null : (query.error ?? options.error),
    retry: () => {
      void query.refetch();
      void options.refetch();
    },
  };
}
