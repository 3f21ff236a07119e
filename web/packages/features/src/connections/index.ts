export { ConnectionScreen } from "./connection-screen";
export { ConnectionsScreen } from "./connections-screen";
export { ConsentsScreen } from "./consents-screen";
export { DisconnectDialog } from "./disconnect-dialog";
export { ReceiptScreen, ReceiptsScreen } from "./receipt-screens";
export { needsAttention, progressText } from "./status";
