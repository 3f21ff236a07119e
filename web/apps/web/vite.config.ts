import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server in development; the built app is served by it and needs no proxy. */
const server = process.env.TENON_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "baseline-widely-available",
    // Everything is a file of its own: the page's policy allows no inline script or data: font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: {
    proxy: { "/api": server, "/oauth": server, "/openapi.json": server },
  },
});
