// Builds the pages members and employees open inside WeChat into web/dist/member, served under /m/.
import { defineConfig } from "vite";

const server = process.env.HUOQUN_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/m/",
  build: { outDir: "../dist/member", emptyOutDir: true, target: "es2020" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/api": server, "/r": server } },
});
