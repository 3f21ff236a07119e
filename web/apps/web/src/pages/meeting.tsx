import { getRouteApi } from "@tanstack/react-router";
import { SharedThreadScreen, SuggestionsScreen } from "@tenon/features/records/meeting";

export const SuggestionsPage = SuggestionsScreen;

const route = getRouteApi("/member/crm/conversations/$id");

export function ConversationPage() {
  const { id } = route.useParams();
  return <SharedThreadScreen key={id} id={id} />;
}
