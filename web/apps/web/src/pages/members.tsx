export { MembersScreen as MembersPage } from "@tenon/features/members";
