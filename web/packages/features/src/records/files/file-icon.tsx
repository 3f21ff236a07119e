import {
  IconFile,
  IconFileSpreadsheet,
  IconFileText,
  IconFileTypePdf,
  IconFolder,
  IconForms,
  IconMovie,
  IconMusic,
  IconPhoto,
  IconPresentation,
} from "@tenon/ui";
import { hueStyle } from "../core/option-chip";
import { type FileKind, fileKind } from "./file-kind";
import classes from "./files.module.css";

const ICONS = {
  document: IconFileText,
  sheet: IconFileSpreadsheet,
  slides: IconPresentation,
  pdf: IconFileTypePdf,
  image: IconPhoto,
  video: IconMovie,
  audio: IconMusic,
  form: IconForms,
  folder: IconFolder,
  other: IconFile,
} as const;

/** Numbers of the palette; near what people know these files by. */
const COLORS: Record<FileKind, number> = {
  document: 1,
  sheet: 4,
  slides: 7,
  pdf: 5,
  image: 2,
  video: 8,
  audio: 12,
  form: 11,
  folder: 0,
  other: 0,
};

/** What kind a file is, as a picture; the words for it stand beside. */
export function FileIcon({ mimeType, closed = false }: { mimeType: string; closed?: boolean }) {
  const kind = fileKind(mimeType);
  const Icon = ICONS[kind];
  return (
    <span
      className={classes.icon}
      style={hueStyle(closed ? 0 : COLORS[kind])}
      data-kind={kind}
      aria-hidden="true"
    >
      <Icon size={18} stroke={1.6} />
    </span>
  );
}
