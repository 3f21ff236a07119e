export { needsDecision, OutboxScreen } from "./outbox-screen";
