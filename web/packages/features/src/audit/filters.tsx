import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { AuditActionName, AuditGroup } from "@tenon/api-client";
import { useTranslation } from "react-i18next";
import { membersQuery, plain, useApi } from "../core";
import classes from "./audit.module.css";
import { type Chosen, isBackwards, PERIODS, type Period } from "./period";

/** What of the log is shown; all of it stands in the address. */
export type AuditSearch = Chosen & {
  /** A word of an action, or of a group of them. */
  action?: string | undefined;
  member?: string | undefined;
};

export const GROUPS: readonly AuditGroup[] = ["access", "members", "mail", "security"];

/** The word or words to ask the server for. */
export function actionsOf(action: string | undefined, known: AuditActionName[]): string | undefined {
  const group = GROUPS.find((one) => one === action);
  if (group === undefined) return action;
  return known
    .filter((one) => one.group === group)
    .map((one) => one.action)
    .join(",");
}

type FiltersProps = {
  search: AuditSearch;
  setSearch: (search: AuditSearch) => void;
  actions: AuditActionName[];
};

export function Filters({ search, setSearch, actions }: FiltersProps) {
  const { t } = useTranslation();
  const people = useQuery(membersQuery(useApi())).data ?? [];
  const { action, member, period } = search;
  const isSet = action !== undefined || member !== undefined || period !== undefined;
  const set = (change: AuditSearch) => setSearch({ ...search, ...change });
  const chosen = (value: string) => (value === "" ? undefined : value);
  return (
    <search className={classes.filters} aria-label={t("audit.filters")}>
      <NativeSelect
        label={t("audit.action")}
        value={action ?? ""}
        data={[
          { value: "", label: t("audit.any_action") },
          ...GROUPS.map((group) => ({
            group: t(`audit.group.${group}`),
            items: [
              { value: group, label: t(`audit.all_of.${group}`) },
              ...actions
                .filter((one) => one.group === group)
                .map((one) => ({ value: one.action as string, label: one.title })),
            ],
          })),
        ]}
        onChange={(event) => set({ action: chosen(event.currentTarget.value) })}
      />
      <NativeSelect
        label={t("audit.member")}
        value={member ?? ""}
        data={[
          { value: "", label: t("audit.any_member") },
          ...people.map(({ id, name }) => ({ value: id, label: plain(name) })),
        ]}
        onChange={(event) => set({ member: chosen(event.currentTarget.value) })}
      />
      <NativeSelect
        label={t("audit.period")}
        value={period ?? ""}
        data={[
          { value: "", label: t("audit.any_time") },
          ...PERIODS.map((value) => ({ value, label: t(`audit.periods.${value}`) })),
        ]}
        onChange={(event) => {
          const next = chosen(event.currentTarget.value) as Period | undefined;
          set({ period: next, ...(next === "days" ? {} : { from: undefined, to: undefined }) });
        }}
      />
      {period === "days" && <Days search={search} set={set} />}
      {isSet && (
        <Button className={classes.clear} variant="subtle" size="compact-sm" onClick={() => setSearch({})}>
          {t("audit.clear")}
        </Button>
      )}
    </search>
  );
}

function Days({ search, set }: { search: AuditSearch; set: (change: AuditSearch) => void }) {
  const { t } = useTranslation();
  const day = (name: "from" | "to") => (
    <TextInput
      type="date"
      label={t(`audit.${name}`)}
      value={search[name] ?? ""}
      error={name === "to" && isBackwards(search) && t("audit.backwards")}
      onChange={(event) =>
        set({ [name]: event.currentTarget.value === "" ? undefined : event.currentTarget.value })
      }
    />
  );
  return (
    <div className={classes.days}>
      {day("from")}
      {day("to")}
    </div>
  );
}
