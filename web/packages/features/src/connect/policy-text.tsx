import type { Policy, PolicyCheck, PolicySentence } from "@tenon/api-client";
import { IconCheck, IconChevronRight, IconFileText, Panel } from "@tenon/ui";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import classes from "./connect.module.css";

type PolicyTextProps = {
  policy: Policy;
  /** Something quiet below each sentence, named by it. */
  below?: (sentence: PolicySentence, labelId: string) => ReactNode;
};

/** The sentences by section, and the terms apart; used by the consent step and the privacy page alike. */
export function PolicyText({ policy, below }: PolicyTextProps) {
  const { t } = useTranslation();
  const byId = new Map(policy.sentences.map((sentence) => [sentence.id, sentence]));
  const isTerm = (sentence: PolicySentence) => sentence.ground === "term";
  const terms = new Map([...policy.sentences.filter(isTerm), ...policy.terms].map((term) => [term.id, term]));
  const sections = policy.sections.map(({ id, title, sentence_ids }) => ({
    id,
    title,
    sentences: sentence_ids.flatMap((one) => byId.get(one) ?? []).filter((one) => !terms.has(one.id)),
  }));
  return (
    <>
      {sections
        .filter(({ sentences }) => sentences.length > 0)
        .map((section) => (
          <Panel key={section.id} title={section.title}>
            <ul className={classes.policy}>
              {section.sentences.map((sentence) => (
                <Sentence key={sentence.id} sentence={sentence} below={below} />
              ))}
            </ul>
          </Panel>
        ))}
      {terms.size > 0 && (
        <Panel title={t("policy.terms")} lead={t("policy.terms_lead")}>
          <ul className={classes.policy}>
            {[...terms.values()].map((term) => (
              <li key={term.id} data-sentence={term.id} data-ground="term">
                <IconFileText size={16} stroke={1.7} />
                <span>{term.text}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

type SentenceProps = { sentence: PolicySentence; below: PolicyTextProps["below"] };

function Sentence({ sentence, below }: SentenceProps) {
  const id = useId();
  return (
    <li data-sentence={sentence.id}>
      <IconCheck size={16} stroke={2} />
      <div className={classes.promise}>
        <span id={id}>{sentence.text}</span>
        {below?.(sentence, id)}
      </div>
    </li>
  );
}

type ChecksProps = {
  checks: PolicyCheck[];
  /** For whom the sentence holds. */
  note: string | undefined;
  labelId: string;
};

/** The checks behind one sentence, shown when somebody asks. */
export function Checks({ checks, note, labelId }: ChecksProps) {
  const { t } = useTranslation();
  if (checks.length === 0) return note === undefined ? null : <div className={classes.checks}>{note}</div>;
  return (
    <details className={classes.checks}>
      <summary aria-describedby={labelId}>
        <IconChevronRight size={14} />
        {t("policy.how")}
        {note !== undefined && <span className={classes.checkNote}> · {note}</span>}
      </summary>
      <ul>
        {checks.map((check) => (
          <li key={check.id}>
            {check.text}
            <div className={classes.checkNote}>
              {t(`policy.runs.${check.runs}`)}
              {check.live && (
                <>
                  {" "}
                  {t("policy.live")} <code>tenon doctor --privacy</code>
                </>
              )}
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The version is a hash of the exact sentences: its beginning is enough to compare by eye. */
export function PolicyVersion({ version }: { version: string }) {
  const { t } = useTranslation();
  const [kind, hash] = version.includes(":") ? version.split(":", 2) : ["", version];
  return (
    <span className={classes.version} title={version}>
      {t("policy.version", { version: `${kind === "" ? "" : `${kind}:`}${(hash ?? "").slice(0, 12)}` })}
    </span>
  );
}
