import type { Problem } from "./types";

/** An answer of the server that is not a success, or no answer at all (`status` 0, code `offline`). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  /** What a person can read; may be empty. */
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly fields: ReadonlyArray<{ name: string; detail: string }>;
  /** Seconds to wait before trying again (`Retry-After`). */
  readonly retryAfter: number | undefined;
  /** What the document says beyond the words that all problems have. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(problem: Partial<Problem> & { status: number; code: string }, retryAfter?: number) {
    super(problem.title ?? problem.code);
    this.name = "ApiProblem";
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail ?? "";
    this.requestId = problem.request_id;
    this.fields = problem.fields ?? [];
    this.retryAfter = retryAfter;
    this.more = problem as Record<string, unknown>;
  }

  /** The complaint about one input, if the server made one. */
  field(name: string): string | undefined {
    return this.fields.find((field) => field.name === name)?.detail;
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}

/** `Retry-After` comes as seconds or as a date (RFC 9110, section 10.2.3). */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

/** Turns any error response into a problem, also one a proxy wrote in HTML. */
export function toProblem(response: Response, body: unknown): ApiProblem {
  const retryAfter = retryAfterSeconds(response.headers.get("Retry-After"), Date.now());
  const isDocument = typeof body === "object" && body !== null && "code" in body;
  const problem = isDocument ? (body as Partial<Problem>) : {};
  return new ApiProblem(
    { ...problem, status: response.status, code: problem.code ?? `http_${response.status}` },
    retryAfter,
  );
}

/** The problem of an answer whose body nobody has read. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  return toProblem(response, await response.json().catch(() => undefined));
}
