import { isProblem } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { ProblemNotice } from "../core";

/** What is wrong with a letter, a list or a pace, as the server says it; nothing for other problems. */
export const wordsOf = (error: unknown): string | undefined =>
  isProblem(error, "validation")
    ? error.fields.map(({ name, detail }) => `${name} ${detail}`).join(". ") || error.detail
    : undefined;

export function Refused({ error }: { error: unknown }) {
  const words = wordsOf(error);
  if (words === undefined) return <ProblemNotice error={error} />;
  return (
    <Notice tone="danger" role="alert">
      {words}
    </Notice>
  );
}
