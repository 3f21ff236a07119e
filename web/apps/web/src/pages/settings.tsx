export { SettingsScreen as SettingsPage } from "@tenon/features/settings";
