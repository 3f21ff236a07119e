import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi, useMe } from "../../core";
import { usePendingRecords } from "../acting/acting";
import { overRecord } from "../acting/pending";
import { findRecord } from "../core/cache";
import { recordQuery } from "../core/queries";
import type { RecordItem } from "../core/types";

/** A record with what is under way laid over it; from a list it is there at once. */
export function useRecord(id: string) {
  const api = useApi();
  const client = useQueryClient();
  const pending = usePendingRecords();
  const query = useQuery({ ...recordQuery(api, id), placeholderData: () => findRecord(client, id) });
  const record = query.data === undefined ? undefined : overRecord(query.data, pending);
  return { record, query };
}

/** Whether the fields of a record can be changed by whoever looks at it. */
export function useCanEdit(record: RecordItem): boolean {
  const me = useMe();
  return record.access !== "view" && record.deleted_at === null && me?.member.role !== "viewer";
}
