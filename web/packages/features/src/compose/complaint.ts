import { unfilled } from "../templates/placeholders";
import { sizeOf, type Written } from "./written";

/** What has to be mended before it can be sent. */
export type Complaint = "nobody" | "invalid" | "uploading" | "upload_failed" | "too_large" | "unfilled";

/** `limit` is how many bytes a message may have; 0 while unknown. */
export function complaintOf(now: Written, limit: number): Complaint | undefined {
  const people = [...now.to, ...now.cc, ...now.bcc];
  if (people.length === 0) return "nobody";
  if (people.some(({ valid }) => !valid)) return "invalid";
  if (now.files.some(({ state }) => state === "uploading")) return "uploading";
  if (now.files.some(({ state }) => state === "failed")) return "upload_failed";
  // Files travel as base64, a third larger.
  if (limit > 0 && (sizeOf(now.files) * 4) / 3 > limit) return "too_large";
  return unfilled(now.subject, now.body).length > 0 ? "unfilled" : undefined;
}
