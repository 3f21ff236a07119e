import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Connection, DraftKind } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { allowSearch, connectionQuery, featureState, late, useApi, useMe } from "../core";
import { withTexts } from "../i18n";
import { OutboxWatch, type Sent } from "../outbox/outbox-watch";
import type { Begun, Waited } from "./begin";
import { useKept } from "./kept";

/** With its own texts, and those of sending later. */
const Dock = late(() =>
  withTexts("compose", () => withTexts("scheduling", () => withTexts("templates", () => import("./dock")))),
);

/** What a composer begins with. */
export type ComposeStart =
  | { what: "new" }
  | { what: "answer"; message: string; kind: Exclude<DraftKind, "new"> }
  /** A message in the drafts folder. */
  | { what: "message"; message: string }
  /** A draft as it stands at the provider now. */
  | { what: "draft"; draft: string; waited?: Waited | undefined }
  /** What was just written: after an undone send, an undone discard, or the end of a session. */
  | { what: "again"; begun: Begun };

export type ComposeWindow = { key: number; connection: string; start: ComposeStart; small: boolean };

export type Compose = {
  create: (connection: string) => void;
  answer: (connection: string, message: string, kind: Exclude<DraftKind, "new">) => void;
  draft: (connection: string, message: string) => void;
  /** Opens a draft by its own id; `waited`: the hour it was scheduled for until now. */
  reopen: (connection: string, draft: string, waited?: Waited) => void;
};

type ComposeInside = Compose & {
  again: (connection: string, begun: Begun) => void;
  follow: (sent: Sent) => void;
  /** Says something that the outbox knows more of. */
  tell: (text: string) => void;
};

const ComposeContext = createContext<ComposeInside | null>(null);

export function useCompose(): Compose {
  return useComposeInside();
}

export function useComposeInside(): ComposeInside {
  const compose = useContext(ComposeContext);
  if (compose === null) throw new Error("useCompose needs a ComposeProvider above it");
  return compose;
}

/** More windows than this do not fit beside each other. */
const MOST = 3;

const isSame = (a: ComposeStart, b: ComposeStart) =>
  (a.what === "message" && b.what === "message" && a.message === b.message) ||
  (a.what === "draft" && b.what === "draft" && a.draft === b.draft) ||
  (a.what === "answer" && b.what === "answer" && a.message === b.message && a.kind === b.kind);

/** Composers live beside the screens: they stay while one goes on reading. */
export function ComposeProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [windows, setWindows] = useState<ComposeWindow[]>([]);
  const [sent, setSent] = useState<Sent[]>([]);
  const counter = useRef(0);

  const open = useCallback((connection: string, start: ComposeStart) => {
    setWindows((all) => {
      const known = all.find((one) => isSame(one.start, start));
      counter.current += 1;
      const shown = known ?? { key: counter.current, connection, start, small: false };
      const others = all
        .filter((one) => one !== known)
        .map((one, at, rest) => ({
          ...one,
          // The oldest make room by becoming small, none is lost.
          small: one.small || at < rest.length - (MOST - 1),
        }));
      return [...others, { ...shown, small: false }];
    });
  }, []);

  /** Writing needs its own permission; where it is missing the way to it is offered instead. */
  const begin = useCallback(
    async (id: string, start: ComposeStart) => {
      let connection: Connection | undefined;
      try {
        connection = await client.ensureQueryData(connectionQuery(api, id));
      } catch {
        // The composer itself says what is wrong.
      }
      if (connection === undefined || featureState(connection, "sending") === "on") {
        open(id, start);
        return;
      }
      const known = connection;
      toast(t("acting.off.sending"), {
        key: "off",
        shownMs: 16_000,
        action: {
          label: t("acting.allow"),
          run: () => void navigate({ to: "/connect", search: allowSearch(known, "sending") }),
        },
      });
    },
    [api, client, navigate, open, t, toast],
  );

  const kept = useKept();
  const me = useMe()?.member.id;
  useEffect(() => {
    if (me === undefined) return;
    const mine = kept.take(me);
    for (const { connection, begun } of mine) open(connection, { what: "again", begun });
    if (mine.length > 0) toast(t("compose.back_again"), { key: "draft" });
  }, [kept, me, open, t, toast]);

  const compose = useMemo<ComposeInside>(
    () => ({
      create: (connection) => void begin(connection, { what: "new" }),
      answer: (connection, message, kind) => void begin(connection, { what: "answer", message, kind }),
      draft: (connection, message) => void begin(connection, { what: "message", message }),
      again: (connection, begun) => open(connection, { what: "again", begun }),
      reopen: (connection, draft, waited) => open(connection, { what: "draft", draft, waited }),
      follow: (one) => setSent((all) => [...all, one]),
      tell: (text) =>
        toast(text, {
          shownMs: 16_000,
          action: { label: t("outbox.look"), run: () => void navigate({ to: "/outbox" }) },
        }),
    }),
    [begin, open, navigate, t, toast],
  );
  return (
    <ComposeContext.Provider value={compose}>
      {children}
      {windows.length > 0 && <Dock windows={windows} setWindows={setWindows} />}
      <OutboxWatch sent={sent} ended={(id) => setSent((all) => all.filter((one) => one.id !== id))} />
    </ComposeContext.Provider>
  );
}
