import { Button } from "@mantine/core";
import { ApiProblem } from "@tenon/api-client";
import { Blank, IconAlertCircle, IconRefresh, IconWifiOff, Notice } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { useFormat } from "./format";
import { LinkButton } from "./link-button";

/** A problem in a sentence for people; the server's own words come first when it has some. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (error) => {
    if (!(error instanceof ApiProblem)) return t("problem.unexpected");
    if (error.code === "offline") return t("problem.offline");
    if (error.code === "unauthenticated") return t("problem.signed_out");
    if (error.status === 429) {
      return error.retryAfter === undefined
        ? t("problem.slow_down")
        : t("problem.slow_down_for", { time: format.duration(error.retryAfter) });
    }
    if (error.status === 403) return t("problem.forbidden");
    if (error.status === 404) return t("problem.not_found");
    if (error.detail !== "") return error.detail;
    return error.status >= 500 ? t("problem.server") : t("problem.unexpected");
  };
}

function Reference({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiProblem) || error.requestId === undefined) return null;
  return (
    <div className="tn-tabular" style={{ marginTop: "0.25rem", fontSize: "0.75rem" }}>
      {t("problem.reference", { id: error.requestId })}
    </div>
  );
}

/** Fills the place of what could not be loaded, with a way to try again. */
export function ProblemState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const text = useProblemText();
  const offline = error instanceof ApiProblem && error.code === "offline";
  // Asking again for what does not exist leads nowhere.
  const missing = error instanceof ApiProblem && error.status === 404;
  return (
    <Blank
      icon={offline ? IconWifiOff : IconAlertCircle}
      tone="danger"
      role="alert"
      title={missing ? t("problem.not_found") : t("problem.title")}
      action={
        missing ? (
          <LinkButton to="/" variant="default">
            {t("problem.home")}
          </LinkButton>
        ) : retry === undefined ? undefined : (
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={retry}>
            {t("problem.retry")}
          </Button>
        )
      }
    >
      {missing ? t("problem.not_found_text") : text(error)}
      {!missing && <Reference error={error} />}
    </Blank>
  );
}

/** In the place of what waits for the network; it comes by itself then. */
export function WaitingForNetwork() {
  const { t } = useTranslation();
  return (
    <Blank icon={IconWifiOff} role="status" title={t("problem.waiting_title")}>
      {t("problem.waiting_text")}
    </Blank>
  );
}

/** The same within a form or a card. */
export function ProblemNotice({ error, title }: { error: unknown; title?: string }) {
  const text = useProblemText();
  return (
    <Notice tone="danger" role="alert" title={title}>
      {text(error)}
      <Reference error={error} />
    </Notice>
  );
}
