export { ProofCancelled, ProofProvider, useProven } from "./proof";
