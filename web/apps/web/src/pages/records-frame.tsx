import { Outlet } from "@tanstack/react-router";
import { RecordsProvider } from "@tenon/features/records";

/** Around all that shows records: what is under way, and what can be undone, outlives a single screen. */
export function RecordsFrame() {
  return (
    <RecordsProvider>
      <Outlet />
    </RecordsProvider>
  );
}
