export {
  FieldsScreen as FieldsPage,
  PipelinesScreen as PipelinesPage,
  TeamsScreen as TeamsPage,
} from "@tenon/features/records/settings";
