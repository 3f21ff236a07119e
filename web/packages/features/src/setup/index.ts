export { passwordStrength } from "./password-strength";
export { SetupScreen, takeSetupToken } from "./setup-screen";
