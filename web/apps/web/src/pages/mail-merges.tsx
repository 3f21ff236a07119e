import { getRouteApi } from "@tanstack/react-router";
import { MailMergeScreen, MailMergesScreen, SuppressionsScreen } from "@tenon/features/mail-merge";

export const MailMergesPage = MailMergesScreen;

export const SuppressionsPage = SuppressionsScreen;

const route = getRouteApi("/member/crm/mail-merges/$id");

export function MailMergePage() {
  const { id } = route.useParams();
  return <MailMergeScreen key={id} id={id} />;
}
