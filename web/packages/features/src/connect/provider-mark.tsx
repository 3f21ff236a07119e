import { IconMail } from "@tenon/ui";
import classes from "./connect.module.css";

/** A plain letter, not the vendor's logo: brand marks have their own rules of use. */
export function ProviderMark({ provider }: { provider: string }) {
  return (
    <span className={classes.providerMark} aria-hidden="true">
      {provider === "google" ? (
        <svg
          aria-hidden="true"
          width="20"
          height="20"
          viewBox="0 0 24 24"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.6"
        >
          <path d="M19.5 12H12.6" strokeLinecap="round" />
          <path d="M17.6 6.6A7.8 7.8 0 1 0 19.8 12" strokeLinecap="round" />
        </svg>
      ) : (
        <IconMail size={20} stroke={1.5} />
      )}
    </span>
  );
}
