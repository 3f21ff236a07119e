import { isProblem } from "@tenon/api-client";
import { useToast } from "@tenon/ui";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { late } from "../core";
import { cameBack } from "./leaving";

const ProofDialog = late(() => import("./proof-dialog"));

/** The person did not want to prove who they are: what they had begun is not done. */
export class ProofCancelled extends Error {}

type Run = <Result>(action: () => Promise<Result>) => Promise<Result>;

const ProofContext = createContext<Run>((action) => action());

/**
 * Runs what changes security settings. Where the server wants a fresh proof of who is there, it is asked
 * for, and then the same is done again.
 */
export const useProven = (): Run => useContext(ProofContext);

type Waiting = { done: () => void; cancel: () => void };

type ProofProviderProps = { children: ReactNode; leave: (url: string) => void };

export function ProofProvider({ children, leave }: ProofProviderProps) {
  const { t } = useTranslation();
  const toast = useToast();
  useEffect(() => {
    // Why nothing came of it is told by the page itself.
    const refused = new URLSearchParams(window.location.search).has("error");
    if (cameBack() && !refused) toast(t("proof.done"));
  }, [toast, t]);
  const [asking, setAsking] = useState(false);
  const waiting = useRef<Waiting[]>([]);
  const run = useCallback<Run>(async (action) => {
    try {
      return await action();
    } catch (error) {
      if (!isProblem(error, "proof_needed")) throw error;
    }
    await new Promise<void>((resolve, reject) => {
      waiting.current.push({ done: resolve, cancel: () => reject(new ProofCancelled()) });
      setAsking(true);
    });
    return action();
  }, []);
  const settle = (how: keyof Waiting) => {
    setAsking(false);
    const all = waiting.current;
    waiting.current = [];
    for (const one of all) one[how]();
  };
  return (
    <ProofContext.Provider value={run}>
      {children}
      {asking && (
        <ProofDialog onDone={() => settle("done")} onCancel={() => settle("cancel")} leave={leave} />
      )}
    </ProofContext.Provider>
  );
}
