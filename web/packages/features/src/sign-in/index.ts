export { SignInScreen } from "./sign-in-screen";
export { SignedInScreen } from "./signed-in-screen";
