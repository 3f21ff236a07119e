/** Which account files are chosen from; of those that cannot be used, what they lack and where it is mended. */
import { Modal } from "@mantine/core";
import type { Connection } from "@tenon/api-client";
import { Avatar, IconChevronRight } from "@tenon/ui";
import { useTranslation } from "react-i18next";
import { LinkButton, useFocusBack } from "../../core";
import dialogs from "../record/dialogs.module.css";
import { allowing, FILES, type Lack, lackOf } from "./accounts";
import classes from "./files.module.css";

type AccountsDialogProps = {
  all: readonly Connection[];
  /** None can be used as it is. */
  lack: boolean;
  choose: (connection: string) => void;
  close: () => void;
};

export default function AccountsDialog({ all, lack, choose, close }: AccountsDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  const what = !lack ? "which" : all.length === 0 ? "none" : "lack";
  return (
    <Modal
      opened
      onClose={close}
      title={t(lack ? "files.accounts.lack_title" : "files.accounts.which_title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className={dialogs.text}>{t(`files.accounts.${what}`)}</p>
      {all.length === 0 ? (
        <div className={dialogs.actions}>
          <LinkButton to="/connect" search={{ provider: "google", features: FILES }}>
            {t("files.accounts.connect")}
          </LinkButton>
        </div>
      ) : (
        <ul className={classes.accounts}>
          {all.map((one) => (
            <li key={one.id}>
              <Account connection={one} choose={choose} />
            </li>
          ))}
        </ul>
      )}
    </Modal>
  );
}

function Account({ connection, choose }: { connection: Connection; choose: (connection: string) => void }) {
  const { t } = useTranslation();
  const lack = lackOf(connection);
  const who = (
    <>
      <Avatar name={connection.address} size={28} />
      <span className={classes.accountText}>
        <span className={classes.accountName}>{connection.address}</span>
        {lack !== undefined && <span className={classes.quiet}>{t(`files.lack.${lack}`)}</span>}
      </span>
    </>
  );
  if (lack === undefined)
    return (
      <button type="button" className={classes.account} onClick={() => choose(connection.id)}>
        {who}
        <IconChevronRight size={16} aria-hidden="true" />
      </button>
    );
  return (
    <div className={classes.account}>
      {who}
      <Mend connection={connection} lack={lack} />
    </div>
  );
}

function Mend({ connection, lack }: { connection: Connection; lack: Lack }) {
  const { t } = useTranslation();
  const look = {
    size: "xs",
    variant: "default",
    className: classes.mend ?? "",
    "aria-label": t("files.mend_named", {
      what: t(`files.mend.${lack}`),
      address: connection.address,
    }),
  } as const;
  if (lack === "paused")
    return (
      <LinkButton to="/connections/$id" params={{ id: connection.id }} {...look}>
        {t("files.mend.paused")}
      </LinkButton>
    );
  const search = lack === "reconnect" ? { connection: connection.id } : allowing(connection, FILES);
  return (
    <LinkButton to="/connect" search={search} {...look}>
      {t(`files.mend.${lack}`)}
    </LinkButton>
  );
}
