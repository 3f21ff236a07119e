/** What a file is, by the type that its provider tells. */
export const FILE_KINDS = [
  "document",
  "sheet",
  "slides",
  "pdf",
  "image",
  "video",
  "audio",
  "form",
  "folder",
  "other",
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const EXACT: Record<string, FileKind> = {
  "application/vnd.google-apps.document": "document",
  "application/vnd.google-apps.spreadsheet": "sheet",
  "application/vnd.google-apps.presentation": "slides",
  "application/vnd.google-apps.drawing": "image",
  "application/vnd.google-apps.photo": "image",
  "application/vnd.google-apps.video": "video",
  "application/vnd.google-apps.form": "form",
  "application/vnd.google-apps.folder": "folder",
  "application/pdf": "pdf",
  "application/msword": "document",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document",
  "application/vnd.oasis.opendocument.text": "document",
  "application/rtf": "document",
  "text/plain": "document",
  "text/markdown": "document",
  "application/vnd.ms-excel": "sheet",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "sheet",
  "application/vnd.oasis.opendocument.spreadsheet": "sheet",
  "text/csv": "sheet",
  "application/vnd.ms-powerpoint": "slides",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "slides",
  "application/vnd.oasis.opendocument.presentation": "slides",
};

export function fileKind(mimeType: string): FileKind {
  const type = mimeType.split(";")[0]?.trim().toLowerCase() ?? "";
  const exact = EXACT[type];
  if (exact !== undefined) return exact;
  const family = type.split("/")[0];
  return family === "image" || family === "video" || family === "audio" ? family : "other";
}
