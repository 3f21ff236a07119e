import { PasswordInput } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { passwordStrength, SHORTEST_PASSWORD } from "./password-strength";
import classes from "./setup.module.css";

type NewPasswordInputProps = {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  /** The person's own words, which make a password weak. */
  own: string[];
  error?: string | undefined;
};

/** A new password with a hint of how well it holds; the server decides what it takes. */
export function NewPasswordInput({ label, value, onChange, own, error }: NewPasswordInputProps) {
  const { t } = useTranslation();
  const hint = useId();
  const strength = passwordStrength(value, own);
  return (
    <div>
      <PasswordInput
        label={label}
        name="new-password"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ "aria-label": t("common.show_password") }}
        aria-describedby={hint}
        required
        withAsterisk={false}
      />
      <div className={classes.meter} data-strength={strength} aria-hidden="true">
        <span />
        <span />
        <span />
        <span />
      </div>
      <div className={classes.hint} id={hint} aria-live="polite">
        {strength === 0
          ? t("setup.strength.0", { count: SHORTEST_PASSWORD })
          : t(`setup.strength.${strength}`)}
      </div>
    </div>
  );
}
