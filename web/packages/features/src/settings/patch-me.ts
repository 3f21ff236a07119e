import { useMutation } from "@tanstack/react-query";
import { send, type WorkingHours } from "@tenon/api-client";
import { useApi, useSetMe } from "../core";

type Change = {
  name?: string;
  locale?: string;
  time_zone?: string;
  undo_send_seconds?: number;
  working_hours?: WorkingHours;
};

/** Changes what a member has set for themselves. */
export function usePatchMe() {
  const api = useApi();
  const setMe = useSetMe();
  return useMutation({
    mutationFn: (body: Change) => send(api.PATCH("/api/v1/me", { body })),
    onSuccess: setMe,
  });
}
