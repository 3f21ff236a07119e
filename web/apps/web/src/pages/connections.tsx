import { getRouteApi } from "@tanstack/react-router";
import {
  ConnectionScreen,
  ConnectionsScreen,
  ConsentsScreen,
  ReceiptScreen,
  ReceiptsScreen,
} from "@tenon/features/connections";

const connection = getRouteApi("/member/connections/$id");
const receipt = getRouteApi("/member/receipts/$id");

export const ConnectionsPage = ConnectionsScreen;
export const ReceiptsPage = ReceiptsScreen;
export const ConsentsPage = ConsentsScreen;

export function ConnectionPage() {
  const { id } = connection.useParams();
  const { connected } = connection.useSearch();
  const navigate = connection.useNavigate();
  return (
    <ConnectionScreen
      key={id}
      id={id}
      justConnected={connected === true}
      onDisconnected={(receiptId) =>
        void navigate({ to: "/receipts/$id", params: { id: receiptId }, replace: true })
      }
    />
  );
}

export function ReceiptPage() {
  const { id } = receipt.useParams();
  return <ReceiptScreen id={id} />;
}
