/** Words of the contract of linked files. */
import type { components } from "@tenon/api-client";

type Schemas = components["schemas"];

/** `no_access`: not given to Tenon. `unavailable`: deleted at the provider, or not shared any more. */
export type FileState = Schemas["FileStateWord"];
export type RecordFile = Schemas["RecordFile"];
export type DriveFile = Schemas["DriveFile"];
export type DriveFiles = Schemas["FoundDriveFiles"];

/** So many links and ids together are taken at once. */
export const MOST_AT_ONCE = 50;

export type LinkBody = { connection_id: string | null; links: string[]; file_ids: string[] };
