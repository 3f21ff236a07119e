/** Finds files in one's own Drive as one types, and links those that are chosen. Nothing of it is kept. */
import { Button, Combobox, Modal, NativeSelect, Skeleton, useCombobox } from "@mantine/core";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import type { Connection } from "@tenon/api-client";
import { IconCheck, IconSearch, IconX } from "@tenon/ui";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice, plain, useApi, useFocusBack, useFormat } from "../../core";
import { isComposing } from "../../keyboard";
import dialogs from "../record/dialogs.module.css";
import { FileIcon } from "./file-icon";
import { fileKind } from "./file-kind";
import classes from "./files.module.css";
import { driveFilesQuery } from "./queries";
import { SearchScope } from "./search-scope";
import { type DriveFile, MOST_AT_ONCE, type RecordFile } from "./types";
import { useFiles } from "./use-files";

type SearchDialogProps = {
  record: string;
  accounts: readonly Connection[];
  linked: readonly RecordFile[];
  chooseInDrive: () => void;
  close: () => void;
};

export default function SearchDialog(props: SearchDialogProps) {
  const { t } = useTranslation();
  useFocusBack();
  return (
    <Modal
      opened
      onClose={props.close}
      title={t("files.search.title")}
      size="lg"
      centered={false}
      yOffset="8vh"
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Search {...props} />
    </Modal>
  );
}

const PAUSE_MS = 250;

function useSearch(account: string, typed: string) {
  const api = useApi();
  const wanted = typed.trim();
  const [text, setText] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setText(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const query = useInfiniteQuery(driveFilesQuery(api, account, text));
  const behind = wanted !== text || query.isPlaceholderData || query.isPending;
  return { wanted, query, pages: query.data?.pages, behind: behind && !(query.isError && wanted === text) };
}

function Search({ record, accounts, linked, chooseInDrive, close }: SearchDialogProps) {
  const { t } = useTranslation();
  const [chosenAccount, setAccount] = useState<string>();
  const account = accounts.find(({ id }) => id === chosenAccount) ?? accounts[0];
  const [typed, setTyped] = useState("");
  const hintId = useId();
  const { wanted, query, pages, behind } = useSearch(account?.id ?? "", typed);
  const [chosen, setChosen] = useState<DriveFile[]>([]);
  const { link } = useFiles(record);
  const save = useMutation({
    mutationFn: () =>
      link({
        connection_id: account?.id ?? null,
        links: [],
        file_ids: chosen.map(({ provider_file_id: id }) => id),
      }),
    onSuccess: close,
  });
  const found = pages?.flatMap(({ files }) => files) ?? [];
  const allOfDrive = pages?.at(-1)?.all_of_drive;
  const combobox = useCombobox({ opened: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first is offered anew with every answer
  useEffect(() => {
    if (wanted !== "" && !behind && found.length > 0) combobox.selectFirstOption();
    else combobox.resetSelectedOption();
  }, [behind, wanted, pages?.[0]]);

  const isLinked = ({ provider_file_id: id }: DriveFile) =>
    linked.some((file) => file.provider_file_id === id && file.state === "available");
  const isChosen = ({ provider_file_id: id }: DriveFile) => chosen.some((one) => one.provider_file_id === id);
  const toggle = (id: string) => {
    const file = found.find((one) => one.provider_file_id === id);
    if (file === undefined || isLinked(file)) return;
    setChosen(
      isChosen(file)
        ? chosen.filter((one) => one.provider_file_id !== id)
        : [...chosen, file].slice(0, MOST_AT_ONCE),
    );
  };
  const submit = () => {
    if (chosen.length > 0 && !save.isPending) save.mutate();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || isComposing(event.nativeEvent)) return;
    event.preventDefault();
    event.stopPropagation();
    submit();
  };
  return (
    <>
      {accounts.length > 1 && (
        <NativeSelect
          mb="sm"
          label={t("files.search.account")}
          value={account?.id ?? ""}
          data={accounts.map(({ id, address }) => ({ value: id, label: address }))}
          onChange={(event) => {
            setAccount(event.currentTarget.value);
            // What one account may look at another may not.
            setChosen([]);
          }}
        />
      )}
      <p id={hintId} className={classes.lead}>
        {t("files.search.hint")}
      </p>
      <Combobox store={combobox} onOptionSubmit={toggle}>
        <div className={classes.search} onKeyDownCapture={onKeyDown}>
          <IconSearch size={16} aria-hidden="true" />
          <Combobox.EventsTarget withAriaAttributes withExpandedAttribute>
            <input
              role="combobox"
              aria-autocomplete="list"
              aria-expanded
              className={classes.input}
              data-autofocus
              value={typed}
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              placeholder={t("files.search.placeholder")}
              aria-describedby={hintId}
              aria-label={t("files.search.label")}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => {
                // The list is always open here: it would keep the key from the dialog.
                if (event.key === "Escape" && !isComposing(event.nativeEvent)) close();
              }}
            />
          </Combobox.EventsTarget>
        </div>
        <Chosen chosen={chosen} take={(file) => setChosen(chosen.filter((one) => one !== file))} />
        {wanted === "" && found.length > 0 && (
          <div className={classes.resultsHead}>{t("files.search.newest")}</div>
        )}
        <div className={classes.results} data-behind={(behind && found.length > 0) || undefined}>
          <Combobox.Options
            className={classes.options}
            aria-label={t("files.search.results")}
            aria-multiselectable="true"
            aria-busy={behind}
            tabIndex={0}
          >
            {found.map((file) => (
              <Option
                key={file.provider_file_id}
                file={file}
                chosen={isChosen(file)}
                linked={isLinked(file)}
              />
            ))}
          </Combobox.Options>
          {behind && found.length === 0 && <Waiting />}
          {query.hasNextPage && !behind && found.length > 0 && (
            <Button
              variant="subtle"
              size="compact-sm"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {t("files.search.more")}
            </Button>
          )}
        </div>
      </Combobox>
      {query.isError && !behind && <ProblemNotice error={query.error} title={t("files.search.failed")} />}
      {query.isSuccess && !behind && found.length === 0 && (
        <p className={classes.hint}>
          {wanted === "" ? t("files.search.empty") : t("files.search.none", { text: wanted })}
        </p>
      )}
      <div className="tn-sr-only" role="status">
        {pages !== undefined && !behind && t("files.search.found", { count: found.length })}
      </div>
      {allOfDrive === false && !behind && account !== undefined && (
        <SearchScope account={account} found={found.length > 0} chooseInDrive={chooseInDrive} />
      )}
      {save.error !== null && <ProblemNotice error={save.error} title={t("files.not_linked")} />}
      <div className={`${dialogs.actions} ${classes.below}`}>
        <Button variant="default" onClick={close}>
          {t("common.cancel")}
        </Button>
        <Button loading={save.isPending} disabled={chosen.length === 0} onClick={submit}>
          {chosen.length > 1 ? t("files.link_count", { count: chosen.length }) : t("files.link_submit")}
        </Button>
      </div>
    </>
  );
}

type OptionProps = { file: DriveFile; chosen: boolean; linked: boolean };

function Option({ file, chosen, linked }: OptionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const kind = fileKind(file.mime_type);
  const facts = [
    t(`files.kind.${kind}`),
    file.modified_at === null ? undefined : t("files.search.changed", { when: format.ago(file.modified_at) }),
    file.drive_id === null ? undefined : t("files.search.shared_drive"),
  ].filter((fact) => fact !== undefined);
  return (
    <Combobox.Option
      value={file.provider_file_id}
      className={classes.option}
      active={chosen}
      aria-selected={chosen}
      aria-disabled={linked || undefined}
      disabled={linked}
    >
      <span className={classes.tick} data-on={chosen || linked || undefined} aria-hidden="true">
        {(chosen || linked) && <IconCheck size={13} stroke={3} />}
      </span>
      <FileIcon mimeType={file.mime_type} />
      <span className={classes.text}>
        <span className={classes.optionName}>{plain(file.name) || t("files.unnamed")}</span>
        <span className={classes.quiet}>{linked ? t("files.search.linked") : facts.join(" · ")}</span>
      </span>
    </Combobox.Option>
  );
}

function Chosen({ chosen, take }: { chosen: readonly DriveFile[]; take: (file: DriveFile) => void }) {
  const { t } = useTranslation();
  if (chosen.length === 0) return null;
  return (
    <ul className={classes.chosen} aria-label={t("files.search.chosen", { count: chosen.length })}>
      {chosen.map((file) => {
        const name = plain(file.name) || t("files.unnamed");
        return (
          <li key={file.provider_file_id}>
            <span className={classes.chosenName}>{name}</span>
            <button
              type="button"
              aria-label={t("files.search.unchoose", { name })}
              onClick={() => take(file)}
            >
              <IconX size={13} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Waiting() {
  return (
    <div className={classes.waiting}>
      {[70, 54, 62].map((width) => (
        <Skeleton key={width} height={32} width={`${width}%`} />
      ))}
    </div>
  );
}
