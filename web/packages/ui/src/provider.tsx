import { localStorageColorSchemeManager, type MantineColorScheme, MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";
import { cssVariables, theme } from "./theme";

export type ColorScheme = MantineColorScheme;

/** The same key is read by the start page's theme script, before the first paint. */
export const COLOR_SCHEME_KEY = "tenon-color-scheme";
const manager = localStorageColorSchemeManager({ key: COLOR_SCHEME_KEY });

export function TenonTheme({ children, env }: { children: ReactNode; env?: "default" | "test" }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={manager}
      defaultColorScheme="auto"
      env={env ?? "default"}
    >
      {children}
    </MantineProvider>
  );
}
