// Every page of the console and its address.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, redirect, useNavigate } from "@tanstack/react-router";
import { SignIn } from "@/features/access/pages/SignIn";
import { Gate } from "./Gate";
import { Language } from "./Language";
import { Crashed, Lost } from "./Lost";

const root = createRootRoute({ notFoundComponent: Lost, errorComponent: Crashed });

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (s: Record<string, unknown>): { code?: string; next?: string } => ({
    ...(text(s.code) ? { code: String(s.code) } : {}),
    // Only a path of our own: an address elsewhere must not ride on the sign-in link.
    ...(text(s.next)?.match(/^\/(?!\/)/) ? { next: String(s.next) } : {}),
  }),
  component: function SignInPage() {
    const { code, next } = signIn.useSearch();
    const navigate = useNavigate();
    return <SignIn code={code} onDone={() => void navigate({ href: next ?? "/today", replace: true })} />;
  },
});

const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Gate });
const home = createRoute({ getParentRoute: () => inside, path: "/", component: () => <Navigate to="/today" replace /> });
const language = createRoute({ getParentRoute: () => inside, path: "/settings/language", component: Language });

const tree = root.addChildren([signIn, inside.addChildren([home, language])]);

export const router = createRouter({ routeTree: tree, basepath: "/console", defaultPreload: "intent", scrollRestoration: true, defaultErrorComponent: Crashed, defaultNotFoundComponent: Lost });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
void lazyRouteComponent;
void redirect;
