/** Reports, computed from the fake server's records. */

import type { Money, Pipeline, Stage } from "../../features/src/records/core/types";
import { addDays } from "../../features/src/reports/period";
import {
  type Activity,
  type By,
  type Days,
  DEEDS,
  type Deed,
  type Funnel,
  type Pick,
  type Responses,
  type ResponseTimes,
  type Value,
} from "../../features/src/reports/types";
import type { FakeServer } from "./fake";
import type { Stored } from "./records";

type Asked = Days & { pipeline?: string; owner?: string; by?: By };
type Bucket = { start: string; end: string };

const DAY = 86_400_000;

const median = (values: readonly number[], at = 0.5): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? null;
};

/** The same for the same text, but without a pattern to the eye. */
const scatter = (text: string): number =>
  [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);

const money = (value: unknown): Money | undefined =>
  typeof value === "object" && value !== null && "amount" in value ? (value as Money) : undefined;

function totals<Extra extends object = object>(
  records: readonly Stored[],
  chance: (record: Stored) => number = () => 0,
  extra?: (sum: number, weighted: number) => Extra,
): Array<Money & Extra> {
  const sums = new Map<string, [number, number]>();
  for (const record of records) {
    const amount = money(record.values.amount);
    if (amount === undefined) continue;
    const [sum, weighted] = sums.get(amount.currency) ?? [0, 0];
    const value = Number(amount.amount);
    sums.set(amount.currency, [sum + value, weighted + (value * chance(record)) / 100]);
  }
  return [...sums].map(([currency, [sum, weighted]]) => ({
    currency,
    amount: String(sum),
    ...(extra?.(sum, weighted) as Extra),
  }));
}

export class FakeReports {
  readonly #fake: FakeServer;

  constructor(fake: FakeServer) {
    this.#fake = fake;
  }

  funnel(asked: Asked): Funnel {
    const pipeline = this.#pipeline(asked.pipeline);
    const made = this.#boxes(asked).filter((box) => within(box.created_at, asked));
    const of = (outcome: Stage["outcome"]) => made.filter((box) => this.#outcome(box) === outcome);
    const first = made.filter((box) => this.#reached(box, pipeline.stages[0])).length;
    const reasons = new Map<string | null, number>();
    for (const { values } of of("lost")) {
      const reason = typeof values.lost_reason === "string" ? values.lost_reason : null;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    return {
      pipeline: pipeline.id,
      from: asked.from,
      to: asked.to,
      created: made.length,
      won: of("won").length,
      lost: of("lost").length,
      open: of("open").length,
      stages: pipeline.stages.map((stage) => {
        const there = made.filter((box) => this.#reached(box, stage));
        const left = there.filter((box) => box.values.stage !== stage.id && stage.outcome === "open");
        return {
          stage: stage.id,
          name: stage.name,
          color: stage.color ?? 0,
          outcome: stage.outcome,
          reached: there.length,
          share: first === 0 ? null : there.length / first,
          median_seconds: median(left.map(({ id }) => (scatter(id + stage.id) % 900) * 1300 + 40_000)),
        };
      }),
      lost_reasons: [...reasons]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => b.count - a.count),
    };
  }

  value(asked: Asked): Value {
    return {
      pipeline: this.#pipeline(asked.pipeline).id,
      buckets: this.#buckets(asked).map((bucket) => {
        const open = this.#ofBucket(asked, bucket, "open");
        const won = this.#ofBucket(asked, bucket, "won");
        const lost = this.#ofBucket(asked, bucket, "lost");
        return {
          ...bucket,
          open: {
            count: open.length,
            amounts: totals(open, this.#chance, (_, weighted) => ({
              weighted: String(Math.round(weighted)),
            })),
          },
          won: { count: won.length, amounts: totals(won) },
          lost: { count: lost.length, amounts: totals(lost) },
        };
      }),
    };
  }

  activity(asked: Asked): Activity {
    return {
      members: this.#fake.access.people.map(({ id, name }) => {
        const of = (what: Deed) => this.#deeds(asked, id, what);
        const counts = Object.fromEntries(DEEDS.map((what) => [what, of(what).length])) as Record<
          Deed,
          number
        >;
        return { member: { id, name }, ...counts, amounts_won: totals(of("boxes_won")) };
      }),
    };
  }

  responses(asked: Asked): ResponseTimes {
    const waits = this.#fake.allConnections().flatMap(({ id }) =>
      this.#fake.threads(id).map(({ thread }) => {
        const seed = scatter(thread.id);
        return { at: thread.last_at, seconds: seed % 4 === 0 ? null : ((seed % 47) + 1) * 900 };
      }),
    );
    const told = (of: typeof waits): Responses => {
      const times = of.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
      return {
        received: of.length,
        answered: times.length,
        median_seconds: median(times),
        p90_seconds: median(times, 0.9),
      };
    };
    return {
      buckets: this.#buckets(asked).map((bucket) => ({
        ...bucket,
        ...told(waits.filter(({ at }) => within(at, { from: bucket.start, to: bucket.end }))),
      })),
      whole: told(waits.filter(({ at }) => within(at, asked))),
    };
  }

  rows(report: string, asked: Asked & { pick: Pick }): Stored[] {
    const { pick } = asked;
    if (report === "activity")
      return pick.member === undefined || pick.what === undefined
        ? []
        : this.#deeds(asked, pick.member, pick.what);
    if (report === "value") {
      const bucket = this.#buckets(asked).find(({ start }) => start === pick.bucket);
      return bucket === undefined || pick.outcome === undefined
        ? []
        : this.#ofBucket(asked, bucket, pick.outcome);
    }
    const made = this.#boxes(asked).filter((box) => within(box.created_at, asked));
    if (pick.stage !== undefined) {
      const stage = this.#fake.records.stage(pick.stage);
      return made.filter((box) => this.#reached(box, stage));
    }
    if (pick.reason !== undefined)
      return made.filter(
        (box) => this.#outcome(box) === "lost" && (box.values.lost_reason ?? null) === pick.reason,
      );
    return made.filter((box) => pick.outcome === "created" || this.#outcome(box) === pick.outcome);
  }

  csv(report: string, asked: Asked): string {
    const cell = (value: unknown) => (value === null ? "" : `"${String(value).replaceAll('"', '""')}"`);
    const rows: Array<Record<string, unknown>> =
      report === "funnel"
        ? this.funnel(asked).stages
        : report === "value"
          ? this.value(asked).buckets.map(({ start, end, open, won, lost }) => ({
              start,
              end,
              open: open.count,
              won: won.count,
              lost: lost.count,
            }))
          : report === "activity"
            ? this.activity(asked).members.map(({ member, amounts_won: _, ...counts }) => ({
                member: member.name,
                ...counts,
              }))
            : this.responses(asked).buckets;
    const names = Object.keys(rows[0] ?? {});
    return [names, ...rows.map((row) => names.map((name) => row[name]))]
      .map((row) => `${row.map(cell).join(",")}\r\n`)
      .join("");
  }

  #pipeline(id: string | undefined): Pipeline {
    const found = this.#fake.records.pipelines.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no pipeline ${id}`);
    return found;
  }

  #all(): Stored[] {
    return [...this.#fake.records.all.values()].filter(({ deleted_at }) => deleted_at === null);
  }

  #boxes({ pipeline, owner }: Asked): Stored[] {
    return this.#all().filter(
      ({ values }) => values.pipeline === pipeline && (owner === undefined || values.owner === owner),
    );
  }

  #outcome({ values }: Stored): Stage["outcome"] {
    return this.#fake.records.stage(values.stage)?.outcome ?? "open";
  }

  /** Samples have no history of their own: what has ended took them some days. */
  #endedAt(box: Stored): string {
    if (box.updated_at !== box.created_at) return box.updated_at;
    const at = Date.parse(box.created_at) + (3 + (scatter(box.id) % 30)) * DAY;
    return new Date(Math.min(at, this.#fake.now() - DAY)).toISOString();
  }

  readonly #chance = ({ values }: Stored): number =>
    typeof values.probability === "number"
      ? values.probability
      : (this.#fake.records.stage(values.stage)?.probability ?? 0);

  #reached(box: Stored, stage: Stage | undefined): boolean {
    if (stage === undefined) return false;
    const stages = this.#pipeline(String(box.values.pipeline)).stages;
    const at = stages.findIndex(({ id }) => id === box.values.stage);
    const wanted = stages.indexOf(stage);
    const outcome = this.#outcome(box);
    if (stage.outcome !== "open") return wanted === at;
    const open = stages.filter((one) => one.outcome === "open").length;
    return wanted <= (outcome === "open" ? at : outcome === "won" ? open : scatter(box.id) % open);
  }

  #ofBucket(asked: Asked, { start, end }: Bucket, outcome: NonNullable<Pick["outcome"]>): Stored[] {
    const until = { from: "0000-01-01", to: end };
    return this.#boxes(asked).filter((box) => {
      const how = this.#outcome(box);
      if (outcome === "created") return within(box.created_at, { from: start, to: end });
      if (outcome !== "open") return how === outcome && within(this.#endedAt(box), { from: start, to: end });
      return within(box.created_at, until) && (how === "open" || !within(this.#endedAt(box), until));
    });
  }

  #deeds(days: Days, member: string, what: Deed): Stored[] {
    const did: Record<Deed, (record: Stored) => boolean> = {
      calls: (record) => isActivity(record, "call", member, days),
      meetings: (record) => isActivity(record, "meeting", member, days),
      notes: ({ kind, created_by, created_at }) =>
        kind === "note" && created_by === member && within(created_at, days),
      tasks_done: ({ kind, values, updated_at }) =>
        kind === "task" && values.done === true && values.owner === member && within(updated_at, days),
      boxes_won: (record) =>
        record.values.stage !== undefined &&
        this.#outcome(record) === "won" &&
        record.values.owner === member &&
        within(this.#endedAt(record), days),
    };
    return this.#all().filter(did[what]);
  }

  #buckets({ from, to, by = "month" }: Asked): Bucket[] {
    const buckets: Bucket[] = [];
    let start =
      by === "month" ? `${from.slice(0, 7)}-01` : addDays(from, -((new Date(from).getUTCDay() + 6) % 7));
    while (start < to) {
      const next =
        by === "week"
          ? addDays(start, 7)
          : new Date(Date.UTC(Number(start.slice(0, 4)), Number(start.slice(5, 7)), 1))
              .toISOString()
              .slice(0, 10);
      buckets.push({ start: start < from ? from : start, end: next > to ? to : next });
      start = next;
    }
    return buckets;
  }
}

const isActivity = ({ kind, values }: Stored, type: string, member: string, days: Days): boolean =>
  kind === "activity" &&
  values.type === type &&
  values.owner === member &&
  within(String(values.start), days);

const within = (at: string, { from, to }: Days): boolean => at >= from && at < to;
