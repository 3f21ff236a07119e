import type { Upload } from "@tenon/api-client";
import { type SendingBytes, sendBytes } from "../core/send-bytes";

export const uploadFile = (
  file: File,
  { inline, ...sending }: SendingBytes & { inline: boolean },
): Promise<Upload> =>
  sendBytes("/api/v1/uploads", { name: file.name, inline: String(inline) }, file, sending);
