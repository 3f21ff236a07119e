export function RecordPanel({ id }: { id: string; onClose: () => void; onOpen?: (id: string) => void }) {
  return <div>{id}</div>;
}
