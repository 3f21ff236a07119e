export { AppFrame } from "./app-frame";
export { EntryForm, EntryFrame } from "./entry";
export { HomeScreen } from "./home-screen";
