import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import type { Me } from "@tenon/api-client";
import { keys } from "@tenon/features";

/** Takes whoever has just come in to a page of theirs. */
export function useEnter(): (me: Me, path: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  return (me, path) => {
    client.setQueryData(keys.session, me);
    client.removeQueries({ queryKey: keys.setup });
    router.history.replace(path);
  };
}
