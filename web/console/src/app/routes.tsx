// Every page of the console and its address. Pages load when they are first opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, useNavigate } from "@tanstack/react-router";
import { lazy, type ComponentType } from "react";
import { SignIn } from "@/features/access/pages/SignIn";
import type { PlanSearch } from "@/features/playbooks/pages/PlanPage";
import { Gate } from "./Gate";
import { Crashed, Lost } from "./Lost";

const root = createRootRoute({ notFoundComponent: Lost, errorComponent: Crashed });

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const number = (value: unknown): number | undefined => (Number.isFinite(Number(value)) && Number(value) > 0 ? Number(value) : undefined);
/** Leaves out what is undefined, so that the address stays short. */
const given = <T extends object>(all: T): T => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)) as T;

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (s: Record<string, unknown>): { code?: string; next?: string } =>
    // Only a path of our own: an address elsewhere must not ride on the sign-in link.
    given({ code: text(s.code), next: text(s.next)?.match(/^\/(?![/\\])/) ? text(s.next) : undefined }) as { code?: string; next?: string },
  component: function SignInPage() {
    const { code, next } = signIn.useSearch();
    const navigate = useNavigate();
    return <SignIn code={code} onDone={() => void navigate({ href: next ?? "/today", replace: true })} />;
  },
});

const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Gate });
const home = createRoute({ getParentRoute: () => inside, path: "/", component: () => <Navigate to="/today" replace /> });

/** A page without parameters. */
const page = <P extends string>(path: P, load: () => Promise<ComponentType>) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(async () => ({ default: await load() })) });

/** A page of one thing. */
function one<P extends `${string}/$id`>(path: P, load: () => Promise<ComponentType<{ id: string }>>) {
  const Body = lazy(async () => ({ default: await load() }));
  const route = createRoute({
    getParentRoute: () => inside, path,
    component: function OnePage() {
      const { id } = route.useParams() as { id: string };
      return <Body key={id} id={id} />;
    },
  });
  return route;
}

const PlanBody = lazy(() => import("@/features/playbooks/pages/PlanPage").then((m) => ({ default: m.PlanPage })));
const plan = createRoute({
  getParentRoute: () => inside,
  path: "/plan",
  validateSearch: (s: Record<string, unknown>): PlanSearch =>
    given({
      community: text(s.community), monday: number(s.monday), day: number(s.day), post: text(s.post), add: s.add === undefined ? undefined : String(s.add),
      copy: s.copy === undefined ? undefined : String(s.copy), plan: s.plan === true ? true : undefined,
    }) as PlanSearch,
  component: function PlanRoute() {
    const search = plan.useSearch();
    const navigate = plan.useNavigate();
    const stays = given({ community: search.community, monday: search.monday, day: search.day });
    return <PlanBody search={search} go={(change) => void navigate({ search: { ...stays, ...change } as PlanSearch })} />;
  },
});

const RequestsBody = lazy(() => import("@/features/data_requests/pages/Requests").then((m) => ({ default: m.Requests })));
const requests = createRoute({
  getParentRoute: () => inside,
  path: "/people/requests",
  validateSearch: (s: Record<string, unknown>): { person?: string; name?: string } => given({ person: text(s.person), name: text(s.name) }) as { person?: string; name?: string },
  component: function RequestsRoute() {
    const { person, name } = requests.useSearch();
    return <RequestsBody person={person} name={name} />;
  },
});

const NewSegmentBody = lazy(() => import("@/features/segments/pages/NewSegment").then((m) => ({ default: m.NewSegment })));
const newSegment = createRoute({
  getParentRoute: () => inside,
  path: "/people/segments/new",
  validateSearch: (s: Record<string, unknown>): { template?: string } => given({ template: text(s.template) }) as { template?: string },
  component: function NewSegmentRoute() {
    const { template } = newSegment.useSearch();
    return <NewSegmentBody template={template} />;
  },
});

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    home,
    page("/today", () => import("@/features/today/pages/TodayPage").then((m) => m.TodayPage)),
    page("/today/tasks", () => import("@/features/tasks/pages/Tasks").then((m) => m.Tasks)),
    plan,
    page("/communities", () => import("@/features/communities/pages/Communities").then((m) => m.Communities)),
    one("/communities/$id", () => import("@/features/communities/pages/CommunityPage").then((m) => m.CommunityPage)),
    page("/groups", () => import("@/features/groups/pages/Groups").then((m) => m.Groups)),
    one("/groups/$id", () => import("@/features/groups/pages/GroupPage").then((m) => m.GroupPage)),
    page("/people", () => import("@/features/people/pages/People").then((m) => m.People)),
    page("/people/suggestions", () => import("@/features/people/pages/Suggestions").then((m) => m.Suggestions)),
    page("/people/losses", () => import("@/features/people/pages/Losses").then((m) => m.Losses)),
    page("/people/handover", () => import("@/features/handover/pages/Handovers").then((m) => m.Handovers)),
    one("/people/handover/$id", () => import("@/features/handover/pages/HandoverPage").then((m) => m.HandoverPage)),
    page("/settings/fields", () => import("@/features/people/pages/Fields").then((m) => m.Fields)),
    page("/people/tags", () => import("@/features/tags/pages/Tags").then((m) => m.Tags)),
    page("/people/tag-rules", () => import("@/features/tags/pages/Rules").then((m) => m.Rules)),
    page("/people/tag-jobs", () => import("@/features/tags/pages/Bulks").then((m) => m.Bulks)),
    page("/people/layers", () => import("@/features/layers/pages/Layers").then((m) => m.Layers)),
    page("/people/ladders", () => import("@/features/layers/pages/Ladders").then((m) => m.Ladders)),
    page("/people/benefits", () => import("@/features/layers/pages/Benefits").then((m) => m.Benefits)),
    page("/people/promotions", () => import("@/features/layers/pages/Promotions").then((m) => m.Promotions)),
    page("/people/promotion-ways", () => import("@/features/layers/pages/Paths").then((m) => m.Paths)),
    requests,
    one("/people/requests/$id", () => import("@/features/data_requests/pages/RequestPage").then((m) => m.RequestPage)),
    page("/people/segments", () => import("@/features/segments/pages/Segments").then((m) => m.Segments)),
    newSegment,
    one("/people/segments/edit/$id", () => import("@/features/segments/pages/EditSegment").then((m) => m.EditSegment)),
    one("/people/segments/$id", () => import("@/features/segments/pages/SegmentPage").then((m) => m.SegmentPage)),
    one("/people/$id", () => import("@/features/people/pages/PersonPage").then((m) => m.PersonPage)),
    page("/content/live-codes", () => import("@/features/live_codes/pages/LiveCodes").then((m) => m.LiveCodes)),
    one("/content/live-codes/$id", () => import("@/features/live_codes/pages/LiveCodePage").then((m) => m.LiveCodePage)),
    page("/content/welcomes", () => import("@/features/welcome/pages/Welcomes").then((m) => m.Welcomes)),
    page("/content/broadcasts", () => import("@/features/broadcasts/pages/Broadcasts").then((m) => m.Broadcasts)),
    one("/content/broadcasts/$id", () => import("@/features/broadcasts/pages/BroadcastPage").then((m) => m.BroadcastPage)),
    page("/results", () => import("@/features/metrics/pages/Releases").then((m) => m.Releases)),
    page("/results/orders", () => import("@/features/orders/pages/Orders").then((m) => m.Orders)),
    page("/results/definitions", () => import("@/features/metrics/pages/Definitions").then((m) => m.Definitions)),
    one("/results/$id", () => import("@/features/metrics/pages/ReleasePage").then((m) => m.ReleasePage)),
    page("/settings/accounts", () => import("@/features/accounts/pages/Accounts").then((m) => m.Accounts)),
    one("/settings/accounts/$id", () => import("@/features/accounts/pages/AccountPage").then((m) => m.AccountPage)),
    page("/settings/imports", () => import("@/features/imports/pages/Imports").then((m) => m.Imports)),
    one("/settings/imports/$id", () => import("@/features/imports/pages/ImportPage").then((m) => m.ImportPage)),
    page("/settings/exports", () => import("@/features/exports/pages/Exports").then((m) => m.Exports)),
    page("/settings/staff", () => import("@/features/staff/pages/Staff").then((m) => m.Staff)),
    page("/settings/operators", () => import("@/features/access/pages/Operators").then((m) => m.Operators)),
    page("/settings/audit", () => import("@/features/access/pages/Audit").then((m) => m.Audit)),
    page("/settings/tenant", () => import("@/features/tenants/pages/Company").then((m) => m.Company)),
    page("/settings/api-keys", () => import("@/features/api_keys/pages/ApiKeys").then((m) => m.ApiKeys)),
    page("/settings/events", () => import("@/features/events/pages/EventNames").then((m) => m.EventNames)),
    page("/settings/webhooks", () => import("@/features/webhooks/pages/Webhooks").then((m) => m.Webhooks)),
    one("/settings/webhooks/$id", () => import("@/features/webhooks/pages/WebhookPage").then((m) => m.WebhookPage)),
    page("/settings/jobs", () => import("@/features/operations/pages/Jobs").then((m) => m.Jobs)),
    page("/settings/abilities", () => import("@/features/operations/pages/Abilities").then((m) => m.Abilities)),
    page("/settings/privacy", () => import("@/features/privacy/pages/PrivacyDesk").then((m) => m.PrivacyDesk)),
    page("/settings/language", () => import("./Language").then((m) => m.Language)),
  ]),
]);

export const router = createRouter({
  routeTree: tree, basepath: "/console", defaultPreload: "intent", scrollRestoration: true, defaultErrorComponent: Crashed, defaultNotFoundComponent: Lost,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
