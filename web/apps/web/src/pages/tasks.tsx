import { getRouteApi } from "@tanstack/react-router";
import { TasksScreen } from "@tenon/features/records/tasks";

const route = getRouteApi("/member/crm/tasks");

export function TasksPage() {
  return <TasksScreen search={route.useSearch()} />;
}
