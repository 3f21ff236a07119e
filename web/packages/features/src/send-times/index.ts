export { TimeDialog } from "./time-dialog";
export { useHourText, useShortHour } from "./use-hour-text";
export { useSchedule } from "./use-schedule";
export { wallDay, wallMinute } from "./wall";
