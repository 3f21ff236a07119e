export { CURRENCIES, formatMoney, formatMoneyShort, readDecimal } from "./amounts";
export { dropRecord, findRecord, patchRecord, refreshSets } from "./cache";
export { recordCalls } from "./calls";
export { type CreateAsk, type RecordEdits, useRecordEdits } from "./edits";
export {
  BOX_KIND,
  type FieldDef,
  type FieldSet,
  isBox,
  PIPELINE_KIND,
  type ShownOption,
  type ShownType,
  useFields,
  useFieldWords,
} from "./fields";
export { FieldEditor, type FieldEditorProps, type Then } from "./inputs/field-editor";
export { FieldInput, type FieldInputProps } from "./inputs/field-input";
export { Picker, type PickerProps, type PickOption } from "./inputs/picker";
export { namedValues, RecordPicker } from "./inputs/record-picker";
export { recordKeys } from "./keys";
export { KIND_ICONS, KindIcon } from "./kind-icon";
export { COLORS, hueStyle, OptionChip, OptionDot } from "./option-chip";
export * from "./queries";
export { refreshRecords } from "./refresh";
export * from "./types";
export { MemberName, RecordLink, RecordOpener, ValueView } from "./value-view";
export {
  addressLine,
  findStage,
  formatDate,
  isEmptyValue,
  type Linked,
  sameValue,
  useMembers,
  usePipelines,
  useTeams,
  useValueText,
} from "./words";
export { dayIn, fromWall, ownZone, toWall } from "./zone";
