export { ComposeProvider, useCompose } from "./compose";
