/** Menus and pop-overs of a page belong to its main part, also for screen readers; they lie over it all the same. */
export const IN_MAIN = { portalProps: { target: "#main" } };
