import { Avatar, Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { plain } from "../core";
import { useMembers } from "../records/core/words";
import classes from "./activity.module.css";
import { HBar } from "./chart/h-bar";
import { Mark } from "./chart/mark";
import { useRoving } from "./chart/use-roving";
import { useDrill } from "./drill";
import { FigureTable } from "./figure-table";
import { type Activity, DEEDS, type MemberActivity } from "./types";
import { useWords } from "./use-words";

/** Whoever did most stands first; who did nothing is there too. */
export const ordered = (members: readonly MemberActivity[]): MemberActivity[] => {
  const all = (one: MemberActivity) => DEEDS.reduce((sum, deed) => sum + one[deed], 0);
  return [...members].sort((a, b) => all(b) - all(a) || a.member.name.localeCompare(b.member.name));
};

/** Who did what: each deed has its own column with its own measure, so that nothing depends on a colour. */
export function ActivityPicture({ data, table }: { data: Activity; table: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const drill = useDrill();
  const known = useMembers();
  const members = ordered(data.members);
  const roving = useRoving({ columns: DEEDS.length, rows: members.length }, 0);
  const most = (deed: (typeof DEEDS)[number]) => Math.max(1, ...members.map((one) => one[deed]));
  const money = (one: MemberActivity) => one.amounts_won.map(words.money).join(", ");
  const nameOf = (one: MemberActivity, deed: (typeof DEEDS)[number]) =>
    [
      `${plain(one.member.name)}: ${t(`reports.activity.${deed}`)} ${words.number(one[deed])}`,
      ...(deed === "boxes_won" && one.amounts_won.length > 0 ? [money(one)] : []),
    ].join(", ");
  if (table)
    return (
      <Panel title={t("reports.activity.title")} lead={t("reports.activity.lead")}>
        <FigureTable
          caption={t("reports.activity.title")}
          columns={[
            t("reports.column.member"),
            ...DEEDS.map((deed) => t(`reports.activity.${deed}`)),
            t("reports.activity.amounts_won"),
          ]}
          rows={members.map((one) => ({
            key: one.member.id,
            cells: [
              plain(one.member.name),
              ...DEEDS.map((deed) => ({
                text: words.number(one[deed]),
                name: nameOf(one, deed),
                open: drill({ what: deed, member: one.member.id }, one[deed]).open,
              })),
              money(one) || "–",
            ],
          }))}
        />
      </Panel>
    );
  return (
    <Panel title={t("reports.activity.title")} lead={t("reports.activity.lead")}>
      <div className={classes.heads} aria-hidden="true">
        <span />
        {DEEDS.map((deed) => (
          <span key={deed}>{t(`reports.activity.${deed}`)}</span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of figures, not of fields */}
      <div role="group" aria-label={t("reports.activity.title")} ref={roving.within}>
        {members.map((one, row) => (
          <div key={one.member.id} className={classes.person} data-member={one.member.id}>
            <span className={classes.name}>
              <Avatar
                name={one.member.name}
                seed={known.byId.get(one.member.id)?.email ?? one.member.id}
                size={24}
              />
              {plain(one.member.name)}
            </span>
            {DEEDS.map((deed, column) => (
              <Mark
                key={deed}
                stop={roving.mark(column, row)}
                name={nameOf(one, deed)}
                className={classes.cell}
                {...drill({ what: deed, member: one.member.id }, one[deed])}
              >
                <span className={classes.what}>{t(`reports.activity.${deed}`)}</span>
                <span className={classes.number} data-none={one[deed] === 0 ? "" : undefined}>
                  {words.number(one[deed])}
                </span>
                <HBar share={one[deed] / most(deed)} tone={deed === "boxes_won" ? "won" : "main"} high={14} />
                {deed === "boxes_won" && one.amounts_won.length > 0 && (
                  <span className={classes.money}>{one.amounts_won.map(words.moneyShort).join(" · ")}</span>
                )}
              </Mark>
            ))}
          </div>
        ))}
      </div>
    </Panel>
  );
}
