/** Reports, answered by a `FakeServer`. */
import { HttpResponse } from "msw";
import type { Days, Pick } from "../../features/src/reports/types";
import type { FakeServer } from "./fake";
import { json, missing, type On } from "./handlers";
import { FakeReports } from "./reports";

const REPORTS = ["funnel", "value", "activity", "responses"] as const;

export function reports(fake: FakeServer, on: On): void {
  const made = new FakeReports(fake);
  for (const report of REPORTS) {
    on("post", `/reports/${report}`, ({ body, request }) => {
      const asked = body as unknown as Days & { pipeline: string };
      if ((report === "funnel" || report === "value") && !known(asked.pipeline)) return missing();
      if (request.headers.get("Accept") !== "text/csv") return json(made[report](asked) as object);
      return new HttpResponse(made.csv(report, asked), {
        headers: {
          "Content-Type": "text/csv; charset=utf-8",
          "Content-Disposition": `attachment; filename="${report}.csv"`,
        },
      });
    });
    if (report === "responses") continue;
    on("post", `/reports/${report}/rows`, ({ body }) => {
      const asked = body as unknown as Days & { pick: Pick; limit?: number; after?: string };
      const found = made.rows(report, asked);
      const start = Number(asked.after ?? 0);
      const end = start + (asked.limit ?? 50);
      return json({
        items: found.slice(start, end).map((one) => fake.records.shown(one)),
        next: end < found.length ? String(end) : null,
      } as object);
    });
  }
  const known = (id: string) => fake.records.pipelines.some((pipeline) => pipeline.id === id);
}
