/** Why an import was refused: what the server says of its parts comes first. */
import { ApiProblem } from "@tenon/api-client";
import { Notice } from "@tenon/ui";
import { ProblemNotice } from "../../core";

const sentence = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

export function Refusal({ error, title }: { error: unknown; title?: string }) {
  if (!(error instanceof ApiProblem) || error.fields.length === 0)
    return <ProblemNotice error={error} {...(title === undefined ? {} : { title })} />;
  return (
    <Notice tone="danger" role="alert" title={title}>
      {error.fields.map(({ name, detail }) => (
        <div key={name}>{sentence(detail)}</div>
      ))}
    </Notice>
  );
}
