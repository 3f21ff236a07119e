export { FieldsScreen } from "./fields-screen";
export { PipelinesScreen } from "./pipelines-screen";
export { TeamsScreen } from "./teams-screen";
