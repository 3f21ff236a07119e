import type { Policy } from "@tenon/api-client";
import { IconCheck, Panel } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import classes from "./connect.module.css";

/** The sentences by section, and the terms; used by the consent step and the privacy page alike. */
export function PolicyText({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const byId = new Map(policy.sentences.map((sentence) => [sentence.id, sentence]));
  return (
    <>
      {policy.sections.map((section) => (
        <Panel key={section.id} title={section.title}>
          <ul className={classes.policy}>
            {section.sentence_ids.map((id) => {
              const sentence = byId.get(id);
              return sentence === undefined ? null : (
                <li key={id} data-sentence={id}>
                  <IconCheck size={16} stroke={2} />
                  <span>{sentence.text}</span>
                </li>
              );
            })}
          </ul>
        </Panel>
      ))}
      {policy.terms.length > 0 && (
        <Panel title={t("policy.terms")}>
          <ul className={classes.policy}>
            {policy.terms.map((term) => (
              <li key={term.id}>
                <IconCheck size={16} stroke={2} />
                <span>{term.text}</span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
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
