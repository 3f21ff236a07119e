import { ActionIcon, Skeleton } from "@mantine/core";
import { useFocusTrap } from "@mantine/hooks";
import { isProblem } from "@tenon/api-client";
import { IconArrowsMaximize, IconArrowsMinimize, IconMinus, IconX, useToast } from "@tenon/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemState, plain, useApi, useProblemText } from "../core";
import { type Begun, loadDraft, type Waited } from "./begin";
import type { ComposeWindow } from "./compose";
import { Composer } from "./composer";
import classes from "./composer.module.css";
import { FormattedDraft } from "./formatted-draft";
import { UneditableDialog } from "./uneditable-dialog";
import { useBegun } from "./use-begun";
import { WaitingDraft } from "./waiting-draft";

type ComposerWindowProps = {
  window: ComposeWindow;
  phone: boolean;
  hidden: boolean;
  close: () => void;
  setSmall: (small: boolean) => void;
};

/** A composer with its frame; loads what it begins with. */
export function ComposerWindow({ window, phone, hidden, close, setSmall }: ComposerWindowProps) {
  const { t } = useTranslation();
  const [subject, setSubject] = useState("");
  const [large, setLarge] = useState(false);
  /** Closing saves first; the composer says how. */
  const [closing, setClosing] = useState(false);
  const api = useApi();
  const toast = useToast();
  const problemText = useProblemText();
  const begun = useBegun(window);
  /** What stands at the provider takes the place of this text, which can be had back. */
  const reload = async (mine: Begun, before: () => void) => {
    if (mine.draft === undefined) return;
    const newer = await loadDraft(api, mine.draft.id);
    before();
    begun.replace(newer);
    toast(t("compose.conflict.shown"), {
      key: `reload ${window.key}`,
      shownMs: 30_000,
      action: {
        label: t("compose.conflict.back"),
        run: () => begun.replace({ ...mine, draft: newer.draft, unsaved: true }),
      },
    });
  };
  const refresh = async (waited?: Waited) => {
    const id = begun.data?.draft?.id;
    if (id !== undefined) begun.replace({ ...(await loadDraft(api, id)), waited });
  };
  const trap = useFocusTrap(phone && !hidden);
  const kind = begun.data?.kind ?? "new";
  const title = plain(subject) || t(`compose.title.${kind}`);
  const error = begun.error;
  const askClose = () => (begun.data === undefined ? close() : setClosing(true));
  if (isProblem(error, "draft_not_editable"))
    return <UneditableDialog connection={window.connection} start={window.start} close={close} />;
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
      onKeyDown={(event) => {
        if (event.key === "Escape" && event.currentTarget.contains(event.target as Node)) askClose();
      }}
    >
      <div className={classes.head}>
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
        <HeadButton label={t("compose.close")} icon={<IconX size={18} />} run={askClose} />
      </div>
      <div className={classes.inside} hidden={window.small && !phone}>
        {begun.data?.draft?.send_id != null ? (
          <WaitingDraft
            key={begun.version}
            begun={begun.data}
            sendId={begun.data.draft.send_id}
            closing={closing}
            close={close}
            edit={(waited) => refresh(waited).catch((error: unknown) => toast(problemText(error), "danger"))}
            onSubject={setSubject}
          />
        ) : begun.data?.formatted === true ? (
          <FormattedDraft
            key={begun.version}
            connection={window.connection}
            begun={begun.data}
            limit={begun.limit}
            closing={closing}
            close={close}
            edit={() => begun.data !== undefined && begun.replace({ ...begun.data, formatted: false })}
            refresh={refresh}
            onSubject={setSubject}
          />
        ) : begun.data !== undefined ? (
          <Composer
            key={begun.version}
            connection={window.connection}
            begun={begun.data}
            from={begun.from}
            limit={begun.limit}
            closing={closing}
            stay={() => setClosing(false)}
            close={close}
            onSubject={setSubject}
            reload={reload}
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
