import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from "@tanstack/react-router";
import { type ApiClient, isProblem } from "@tenon/api-client";
import { sessionQuery, setupQuery, withTexts } from "@tenon/features";
import { AppLayout, Crashed, HomePage, MissingPage, Pending, RootLayout } from "./layout";
import {
  auditSearch,
  connectionSearch,
  connectSearch,
  kindSearch,
  mailSearch,
  recordSearch,
  recordsSearch,
  scheduledSearch,
  settingsSearch,
  signInSearch,
  tasksSearch,
} from "./search";

export type RouterContext = { api: ApiClient; client: QueryClient; leave: (url: string) => void };

const root = createRootRouteWithContext<RouterContext>()({ component: RootLayout });

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("./pages/entry"), "SetupPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import("./pages/entry"), "SignInPage"),
});

const join = createRoute({
  getParentRoute: () => root,
  path: "/join",
  component: lazyRouteComponent(() => import("./pages/join"), "JoinPage"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => import("./pages/join"), "ResetPage"),
});

const privacy = createRoute({
  getParentRoute: () => root,
  path: "/privacy",
  component: lazyRouteComponent(() => import("./pages/privacy"), "PrivacyPage"),
});

/** Lets nobody pass who is not signed in. A new server leads to its set-up first. */
async function signedIn({ context, location }: { context: RouterContext; location: { href: string } }) {
  try {
    await context.client.ensureQueryData(sessionQuery(context.api));
  } catch (error) {
    if (!isProblem(error, "unauthenticated")) throw error;
    const { needed } = await context.client
      .fetchQuery({ ...setupQuery(context.api), staleTime: 0 })
      .catch(() => ({ needed: false }));
    if (needed) throw redirect({ to: "/setup" });
    const next = location.href === "/" ? undefined : location.href;
    throw redirect({ to: "/sign-in", search: { next } });
  }
}

/** All that needs a signed-in member. */
const member = createRoute({
  getParentRoute: () => root,
  id: "member",
  component: AppLayout,
  beforeLoad: signedIn,
});

/** Where a tab ends that was opened only for signing in; it needs nothing of the app around it. */
const signedInHere = createRoute({
  getParentRoute: () => root,
  path: "/signed-in",
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("./pages/entry"), "SignedInPage"),
});

const home = createRoute({ getParentRoute: () => member, path: "/", component: HomePage });

const connect = createRoute({
  getParentRoute: () => member,
  path: "/connect",
  validateSearch: connectSearch,
  component: lazyRouteComponent(() => import("./pages/connect"), "ConnectPage"),
});

const connectionPages = () => withTexts("connections", () => import("./pages/connections"));

const connections = createRoute({
  getParentRoute: () => member,
  path: "/connections",
  component: lazyRouteComponent(connectionPages, "ConnectionsPage"),
});

const connection = createRoute({
  getParentRoute: () => member,
  path: "/connections/$id",
  validateSearch: connectionSearch,
  component: lazyRouteComponent(connectionPages, "ConnectionPage"),
});

const receipts = createRoute({
  getParentRoute: () => member,
  path: "/receipts",
  component: lazyRouteComponent(connectionPages, "ReceiptsPage"),
});

const receipt = createRoute({
  getParentRoute: () => member,
  path: "/receipts/$id",
  component: lazyRouteComponent(connectionPages, "ReceiptPage"),
});

const consents = createRoute({
  getParentRoute: () => member,
  path: "/consents",
  component: lazyRouteComponent(connectionPages, "ConsentsPage"),
});

const mail = createRoute({
  getParentRoute: () => member,
  path: "/mail/$connection/{-$label}",
  validateSearch: mailSearch,
  component: lazyRouteComponent(() => import("./pages/mail"), "MailPage"),
});

const labels = createRoute({
  getParentRoute: () => member,
  path: "/labels/$connection",
  component: lazyRouteComponent(() => import("./pages/mail-more"), "LabelsPage"),
});

const outbox = createRoute({
  getParentRoute: () => member,
  path: "/outbox",
  component: lazyRouteComponent(() => import("./pages/mail-more"), "OutboxPage"),
});

const scheduled = createRoute({
  getParentRoute: () => member,
  path: "/outbox/scheduled",
  validateSearch: scheduledSearch,
  component: lazyRouteComponent(
    () => withTexts("scheduling", () => import("./pages/scheduled")),
    "ScheduledPage",
  ),
});

/** All that shows records. */
const crm = createRoute({
  getParentRoute: () => member,
  id: "crm",
  component: lazyRouteComponent(
    () => withTexts("records", () => import("./pages/records-frame")),
    "RecordsFrame",
  ),
});

const recordsPages = () => withTexts("records", () => import("./pages/records"));

const contacts = createRoute({
  getParentRoute: () => crm,
  path: "/contacts",
  validateSearch: recordsSearch,
  component: lazyRouteComponent(recordsPages, "ContactsPage"),
});

const companies = createRoute({
  getParentRoute: () => crm,
  path: "/companies",
  validateSearch: recordsSearch,
  component: lazyRouteComponent(recordsPages, "CompaniesPage"),
});

const leads = createRoute({
  getParentRoute: () => crm,
  path: "/leads/{-$pipeline}",
  validateSearch: recordsSearch,
  component: lazyRouteComponent(recordsPages, "LeadsPage"),
});

const deals = createRoute({
  getParentRoute: () => crm,
  path: "/deals/{-$pipeline}",
  validateSearch: recordsSearch,
  component: lazyRouteComponent(recordsPages, "DealsPage"),
});

const cases = createRoute({
  getParentRoute: () => crm,
  path: "/cases/{-$pipeline}",
  validateSearch: recordsSearch,
  component: lazyRouteComponent(recordsPages, "CasesPage"),
});

const boards = createRoute({
  getParentRoute: () => crm,
  path: "/boards/{-$pipeline}",
  validateSearch: recordsSearch,
  component: lazyRouteComponent(recordsPages, "BoardsPage"),
});

const tasks = createRoute({
  getParentRoute: () => crm,
  path: "/tasks",
  validateSearch: tasksSearch,
  component: lazyRouteComponent(() => withTexts("records", () => import("./pages/tasks")), "TasksPage"),
});

/** What brings mail and records together has texts of its own beside those of records. */
const meetingPages = () => withTexts("records", () => withTexts("threads", () => import("./pages/meeting")));

const suggestions = createRoute({
  getParentRoute: () => crm,
  path: "/contacts/suggestions",
  component: lazyRouteComponent(meetingPages, "SuggestionsPage"),
});

const conversation = createRoute({
  getParentRoute: () => crm,
  path: "/conversations/$id",
  component: lazyRouteComponent(meetingPages, "ConversationPage"),
});

/** The letter is written in the composer's editor, the people come from records, the hour from sending later. */
const mergePages = () =>
  withTexts("records", () =>
    withTexts("compose", () =>
      withTexts("scheduling", () => withTexts("mailmerge", () => import("./pages/mail-merges"))),
    ),
  );

const mailMerges = createRoute({
  getParentRoute: () => crm,
  path: "/mail-merges",
  component: lazyRouteComponent(mergePages, "MailMergesPage"),
});

const mailMerge = createRoute({
  getParentRoute: () => crm,
  path: "/mail-merges/$id",
  component: lazyRouteComponent(mergePages, "MailMergePage"),
});

const suppressions = createRoute({
  getParentRoute: () => crm,
  // Beside them in the rail.
  path: "/mail-merges/suppressions",
  component: lazyRouteComponent(mergePages, "SuppressionsPage"),
});

const templates = createRoute({
  getParentRoute: () => crm,
  path: "/templates",
  component: lazyRouteComponent(
    // Templates are written in the composer's editor, and filled in from records.
    () =>
      withTexts("records", () =>
        withTexts("compose", () => withTexts("templates", () => import("./pages/templates"))),
      ),
    "TemplatesPage",
  ),
});

const reports = createRoute({
  getParentRoute: () => crm,
  path: "/reports/{-$report}",
  // Its screen takes of it what it knows.
  validateSearch: (raw: Record<string, unknown>) => raw,
  component: lazyRouteComponent(() => withTexts("reports", () => import("./pages/reports")), "ReportsPage"),
});

const record = createRoute({
  getParentRoute: () => crm,
  path: "/records/$id",
  validateSearch: recordSearch,
  component: lazyRouteComponent(() => withTexts("records", () => import("./pages/record")), "RecordPage"),
});

const importing = createRoute({
  getParentRoute: () => crm,
  path: "/import/{-$id}",
  validateSearch: kindSearch,
  component: lazyRouteComponent(
    () => withTexts("records", () => withTexts("exchange", () => import("./pages/exchange"))),
    "ImportPage",
  ),
});

const duplicates = createRoute({
  getParentRoute: () => crm,
  path: "/duplicates",
  validateSearch: kindSearch,
  component: lazyRouteComponent(
    () => withTexts("records", () => withTexts("merge", () => import("./pages/duplicates"))),
    "DuplicatesPage",
  ),
});

const bin = createRoute({
  getParentRoute: () => crm,
  path: "/bin",
  component: lazyRouteComponent(() => withTexts("records", () => import("./pages/record")), "BinPage"),
});

const members = createRoute({
  getParentRoute: () => member,
  path: "/members",
  component: lazyRouteComponent(() => import("./pages/members"), "MembersPage"),
});

const settings = createRoute({
  getParentRoute: () => member,
  path: "/settings",
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import("./pages/settings"), "SettingsPage"),
});

const audit = createRoute({
  getParentRoute: () => member,
  path: "/settings/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => withTexts("audit", () => import("./pages/audit")), "AuditPage"),
});

const recordSettings = () => withTexts("records", () => import("./pages/record-settings"));

const fields = createRoute({
  getParentRoute: () => crm,
  path: "/settings/fields",
  component: lazyRouteComponent(recordSettings, "FieldsPage"),
});

const pipelines = createRoute({
  getParentRoute: () => crm,
  path: "/settings/pipelines",
  component: lazyRouteComponent(recordSettings, "PipelinesPage"),
});

const teams = createRoute({
  getParentRoute: () => crm,
  path: "/settings/teams",
  component: lazyRouteComponent(recordSettings, "TeamsPage"),
});

const routeTree = root.addChildren([
  setup,
  signIn,
  signedInHere,
  join,
  reset,
  privacy,
  member.addChildren([
    home,
    connect,
    connections,
    connection,
    receipts,
    receipt,
    consents,
    mail,
    labels,
    outbox,
    scheduled,
    crm.addChildren([
      contacts,
      companies,
      leads,
      deals,
      cases,
      boards,
      tasks,
      templates,
      mailMerges,
      mailMerge,
      suppressions,
      reports,
      suggestions,
      conversation,
      record,
      importing,
      duplicates,
      bin,
      fields,
      pipelines,
      teams,
    ]),
    members,
    settings,
    audit,
  ]),
]);

export function createAppRouter(context: RouterContext, history: RouterHistory) {
  return createRouter({
    routeTree,
    context,
    history,
    defaultPreload: "intent",
    // Queries have their own cache; the router keeps nothing of it.
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Pending,
    defaultErrorComponent: Crashed,
    defaultNotFoundComponent: MissingPage,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
