import { useEffect, useState } from "react";
import { takeToken } from "../setup/setup-screen";

/** The token of the link that led here. Another link opened in the same tab begins anew. */
export function useLinkToken(): string {
  const [token] = useState(() => takeToken(window.location, window.history));
  useEffect(() => {
    const again = () => {
      if (window.location.hash.includes("token=")) window.location.reload();
    };
    window.addEventListener("hashchange", again);
    return () => window.removeEventListener("hashchange", again);
  }, []);
  return token;
}
