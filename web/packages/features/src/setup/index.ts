export { passwordStrength } from "./password-strength";
export { SetupScreen, takeToken } from "./setup-screen";
