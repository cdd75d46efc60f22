// What component tests stand on: words, a session, a cache, a router where links need one.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { App } from "antd";
import i18next from "i18next";
import type { ReactElement } from "react";
import { initReactI18next } from "react-i18next";
import { words as en } from "./app/words/en";
import { SessionContext } from "./shared/session";
import type { Me } from "./shared/types";

export const me: Me = {
  operator: { id: "opr_1", name: "Lin", role: "administrator", locale: "en" },
  tenant: { id: "ten_1", name: "Chengli", zone: "Asia/Shanghai", broadcast_rule: "month", daily_cap: 5, daily_warn: 3, day_cut_minutes: 0 },
  permissions: ["playbooks:read", "playbooks:write", "metrics:write"],
  demo: false,
  now: Date.UTC(2026, 7, 21, 4, 0),
};

/** Draws a part in English for the signed-in operator. */
export async function show(part: ReactElement) {
  if (!i18next.isInitialized) await i18next.use(initReactI18next).init({ lng: "en", resources: { en }, defaultNS: "common", fallbackLng: false, interpolation: { escapeValue: false } });
  const root = createRootRoute();
  const here = createRoute({ getParentRoute: () => root, path: "/", component: () => part });
  const other = createRoute({ getParentRoute: () => root, path: "$", component: () => null });
  const router = createRouter({ routeTree: root.addChildren([here, other]), history: createMemoryHistory({ initialEntries: ["/"] }) });
  await router.load();
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={cache}>
      <App>
        <SessionContext value={me}>
          <RouterProvider router={router as never} />
        </SessionContext>
      </App>
    </QueryClientProvider>,
  );
}
