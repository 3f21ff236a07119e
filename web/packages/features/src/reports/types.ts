/** The contract's words of reports. Provisional: they become the server's own types when it has them. */
import type { Money } from "../records/core/types";

export const REPORTS = ["funnel", "value", "activity", "responses"] as const;
export type ReportName = (typeof REPORTS)[number];

/** Days, `2026-01-01`; `to` is not included any more. */
export type Days = { from: string; to: string };
export type By = "week" | "month";

export type FunnelBody = Days & { pipeline: string; owner?: string };
export type ValueBody = FunnelBody & { by: By };
export type ActivityBody = Days;
export type ResponsesBody = Days & { by: By };

export type FunnelStage = {
  stage: string;
  name: string;
  color: number;
  outcome: "open" | "won" | "lost";
  /** How many came this far. */
  reached: number;
  /** Of those in the first stage, 0 to 1. */
  share: number | null;
  /** Time spent here by those that have left it. */
  median_seconds: number | null;
};
export type LostReason = { reason: string | null; count: number };
export type Funnel = Days & {
  pipeline: string;
  created: number;
  won: number;
  lost: number;
  open: number;
  stages: FunnelStage[];
  lost_reasons: LostReason[];
};

export type WeightedMoney = Money & { weighted: string };
export type Worth<Amount = Money> = { count: number; amounts: Amount[] };
export type ValueBucket = {
  start: string;
  end: string;
  /** At its end; today's for the running one. */
  open: Worth<WeightedMoney>;
  won: Worth;
  lost: Worth;
};
export type Value = { pipeline: string; buckets: ValueBucket[] };

export const DEEDS = ["calls", "meetings", "notes", "tasks_done", "boxes_won"] as const;
export type Deed = (typeof DEEDS)[number];
export type MemberActivity = { member: { id: string; name: string }; amounts_won: Money[] } & Record<
  Deed,
  number
>;
export type Activity = { members: MemberActivity[] };

export type Responses = {
  received: number;
  answered: number;
  median_seconds: number | null;
  p90_seconds: number | null;
};
export type ResponseTimes = { buckets: Array<Responses & { start: string; end: string }>; whole: Responses };

export type Bodies = {
  funnel: FunnelBody;
  value: ValueBody;
  activity: ActivityBody;
  responses: ResponsesBody;
};
export type Answers = { funnel: Funnel; value: Value; activity: Activity; responses: ResponseTimes };

/** Which figure's records are asked for. */
export type Pick = {
  stage?: string;
  outcome?: "open" | "won" | "lost" | "created";
  bucket?: string;
  member?: string;
  what?: Deed;
  reason?: string | null;
};
/** Reports that have records behind their figures. */
export type Drilled = Exclude<ReportName, "responses">;
