import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** Tenon's green: the colour of a joint cut in fresh wood, dark enough that white text on step 6 has 6.3:1. */
const pine: MantineColorsTuple = [
  "#eaf6f3",
  "#d3ebe5",
  "#a8d8cc",
  "#79c4b1",
  "#4fae98",
  "#2c8c78",
  "#146a5a",
  "#105a4c",
  "#0c493e",
  "#083a31",
];

const red: MantineColorsTuple = [
  "#fdefee",
  "#fadcd9",
  "#f3b6b0",
  "#ec8d84",
  "#e0665b",
  "#cf4438",
  "#b42f23",
  "#98261c",
  "#7c1f17",
  "#5f1711",
];

/** Warm greys for light surfaces. */
const gray: MantineColorsTuple = [
  "#faf9f7",
  "#f4f3f0",
  "#eae8e4",
  "#dcdad4",
  "#c4c1ba",
  "#9a978f",
  "#6b6963",
  "#504e49",
  "#33322f",
  "#1c1b19",
];

/** Nearly neutral darks: 0 is text, 7 the page, 9 the deepest. */
const dark: MantineColorsTuple = [
  "#ececea",
  "#c9c9c6",
  "#9d9e9c",
  "#74767a",
  "#43464a",
  "#33363a",
  "#25272a",
  "#17181a",
  "#111213",
  "#0b0c0d",
];

const FONT =
  '-apple-system, "Segoe UI Variable Text", "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Ubuntu, "Liberation Sans", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "Liberation Mono", Consolas, monospace';

export const theme = createTheme({
  colors: { pine, red, gray, dark },
  primaryColor: "pine",
  primaryShade: { light: 6, dark: 6 },
  autoContrast: false,
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.35" },
  headings: {
    fontFamily: FONT,
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.45" },
      h4: { fontSize: "0.875rem", lineHeight: "1.45" },
    },
  },
  defaultRadius: "md",
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "11px", xl: "16px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  // By name, without importing them: a component that only one screen uses is loaded with that screen.
  components: {
    Anchor: { defaultProps: { underline: "hover" } },
    Button: { defaultProps: { fw: 550, size: "sm" } },
    CloseButton: { defaultProps: { iconSize: 16 } },
    InputWrapper: { defaultProps: { labelProps: { mb: 5, fw: 550 } } },
    Modal: {
      defaultProps: { centered: true, radius: "lg", overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontSize: "1rem", fontWeight: 600, lineHeight: 1.4 }, header: { paddingTop: 20 } },
    },
    Drawer: { styles: { title: { fontSize: "1rem", fontWeight: 600 } } },
    Skeleton: { defaultProps: { radius: "sm" } },
    Switch: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { openDelay: 350, events: { hover: true, focus: true, touch: false } } },
  },
});

/** Mantine's own dimmed text (3.32:1) and borders replaced by ours, which pass AA. */
export const cssVariables: CSSVariablesResolver = () => {
  const ours = {
    "--mantine-color-body": "var(--tn-surface)",
    "--mantine-color-text": "var(--tn-text)",
    "--mantine-color-dimmed": "var(--tn-text-2)",
    "--mantine-color-placeholder": "var(--tn-text-3)",
    "--mantine-color-anchor": "var(--tn-accent)",
    "--mantine-color-error": "var(--tn-danger)",
    "--mantine-color-default-border": "var(--tn-border-strong)",
    "--mantine-color-default": "var(--tn-surface)",
    "--mantine-color-default-hover": "var(--tn-hover)",
    "--mantine-color-default-color": "var(--tn-text)",
    "--mantine-primary-color-light-color": "var(--tn-accent)",
    "--mantine-color-pine-light-color": "var(--tn-accent)",
    "--mantine-color-red-light-color": "var(--tn-danger)",
    "--mantine-color-pine-text": "var(--tn-accent)",
    "--mantine-color-red-text": "var(--tn-danger)",
  };
  return { variables: {}, light: ours, dark: ours };
};
