export function RecordScreen({ id }: { id: string }) {
  return <div>{id}</div>;
}
