/** A record beside the list that it was opened from. */
import { RecordActingProvider } from "../acting/acting";
import { RecordOpener } from "../core/value-view";
import { RecordContent } from "./record-content";
import { LoadedRecord } from "./record-states";

export type RecordPanelProps = {
  id: string;
  onClose: () => void;
  /** Other records open in the panel too; else on their page. */
  onOpen?: (id: string) => void;
};

export function RecordPanel({ id, onClose, onOpen }: RecordPanelProps) {
  const content = (
    <LoadedRecord id={id} onClose={onClose}>
      {(kind) => (
        <RecordActingProvider kind={kind}>
          <RecordContent key={id} id={id} place="panel" wide={false} onClose={onClose} />
        </RecordActingProvider>
      )}
    </LoadedRecord>
  );
  return onOpen === undefined ? content : <RecordOpener open={onOpen}>{content}</RecordOpener>;
}
