// One run for all packages; every test gets a browser-like document.
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react({ exclude: /member\// })],
  resolve: { alias: { "@": fileURLToPath(new URL("./console/src", import.meta.url)) } },
  test: {
    environment: "happy-dom",
    include: ["{console,member,packages}/**/*.test.{ts,tsx}"],
    setupFiles: ["./test-setup.ts"],
    env: { TZ: "UTC" },
  },
});
