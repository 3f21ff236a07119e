export { PrivacyScreen } from "./privacy-screen";
