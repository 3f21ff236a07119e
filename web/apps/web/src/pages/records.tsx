import { getRouteApi } from "@tanstack/react-router";
import { RecordsScreen } from "@tenon/features/records";

const contacts = getRouteApi("/member/crm/contacts");
const companies = getRouteApi("/member/crm/companies");
const leads = getRouteApi("/member/crm/leads/{-$pipeline}");
const deals = getRouteApi("/member/crm/deals/{-$pipeline}");
const cases = getRouteApi("/member/crm/cases/{-$pipeline}");
const boards = getRouteApi("/member/crm/boards/{-$pipeline}");

export function ContactsPage() {
  return <RecordsScreen key="contact" kind="contact" search={contacts.useSearch()} />;
}

export function CompaniesPage() {
  return <RecordsScreen key="company" kind="company" search={companies.useSearch()} />;
}

export function LeadsPage() {
  const { pipeline } = leads.useParams();
  return (
    <RecordsScreen key={`lead ${pipeline}`} kind="lead" pipeline={pipeline} search={leads.useSearch()} />
  );
}

export function DealsPage() {
  const { pipeline } = deals.useParams();
  return (
    <RecordsScreen key={`deal ${pipeline}`} kind="deal" pipeline={pipeline} search={deals.useSearch()} />
  );
}

export function CasesPage() {
  const { pipeline } = cases.useParams();
  return (
    <RecordsScreen key={`case ${pipeline}`} kind="case" pipeline={pipeline} search={cases.useSearch()} />
  );
}

export function BoardsPage() {
  const { pipeline } = boards.useParams();
  return (
    <RecordsScreen key={`card ${pipeline}`} kind="card" pipeline={pipeline} search={boards.useSearch()} />
  );
}
