// Builds the operator console into web/dist/console, served under /console/.
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const server = process.env.HUOQUN_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { outDir: "../dist/console", emptyOutDir: true, target: "es2022", reportCompressedSize: true, chunkSizeWarningLimit: 900 },
  server: { proxy: { "/api": server, "/r": server, "/media": server } },
});
