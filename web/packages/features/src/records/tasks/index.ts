export { TasksScreen, type TasksSearch } from "./tasks-screen";
