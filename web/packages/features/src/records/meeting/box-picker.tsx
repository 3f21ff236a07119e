/** Chooses a record of any kind that a conversation can be joined to, by typing. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../../core";
import { recordCalls } from "../core/calls";
import { Picker } from "../core/inputs/picker";
import { recordKeys } from "../core/keys";
import { KindIcon } from "../core/kind-icon";
import type { FoundRecord } from "../core/next-types";
import type { Kind } from "../core/types";
import { findStage, usePipelines } from "../core/words";
import { findQuery } from "./queries";

const JOINABLE: readonly Kind[] = ["deal", "lead", "case", "card", "company", "contact"];
const PAUSE_MS = 150;
const OFFERED = 8;

const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

type BoxPickerProps = { without: readonly string[]; onChoose: (found: FoundRecord) => void };

export function BoxPicker({ without, onChoose }: BoxPickerProps) {
  const { t } = useTranslation();
  const api = useApi();
  const pipelines = usePipelines();
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [begun, setBegun] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useQuery(findQuery(api, text, JOINABLE, OFFERED));
  // Before anything is typed: the deals that were worked on last.
  const recent = useQuery({
    queryKey: [...recordKeys.found, "deals worked on last"],
    queryFn: async ({ signal }) => {
      const sort = [{ field: "updated_at", direction: "desc" as const }];
      return (await recordCalls(api).query({ kind: "deal", sort, limit: OFFERED }, { signal })).items;
    },
    enabled: begun && text === "",
    staleTime: 30_000,
  });
  const offered: FoundRecord[] =
    text !== ""
      ? (found.data ?? [])
      : (recent.data ?? []).map(({ id, kind, title, values, updated_at }) => ({
          record: { id, kind, title },
          hint: findStage(pipelines, values.stage)?.stage.name ?? null,
          match: "exact",
          updated_at,
        }));
  // Until the answer to what is typed is there, only what fits it is offered: Enter takes the first.
  const behind = typed.trim() !== text || found.isPlaceholderData;
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const options = offered.filter(
    ({ record }) =>
      !without.includes(record.id) && (!behind || words.every((word) => fold(record.title).includes(word))),
  );
  const seen = useRef(new Map<string, FoundRecord>());
  for (const one of options) seen.current.set(one.record.id, one);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the field within was entered
    <div onFocus={() => setBegun(true)}>
      <Picker
        label={t("threads.join")}
        placeholder={t("threads.join_placeholder")}
        options={options.map(({ record, hint }) => ({
          value: record.id,
          label: record.title === "" ? t("records.untitled") : record.title,
          icon: <KindIcon kind={record.kind} size={16} />,
          hint: hint ?? undefined,
        }))}
        chosen={[]}
        loading={behind || found.isFetching || recent.isFetching}
        onSearch={setTyped}
        onChoose={([id]) => {
          const one = seen.current.get(id ?? "");
          if (one !== undefined) onChoose(one);
        }}
      />
    </div>
  );
}
