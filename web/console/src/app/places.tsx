// The places of the console in the order of the work, each with its pages.
import { BarChartOutlined, BookOutlined, CalendarOutlined, ClockCircleOutlined, SettingOutlined, TeamOutlined, UserOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";

type Sub = { to: string; word: SubWord };
/** Pages that belong together; where a place has few of them they have no heading. */
type Shelf = { head?: HeadWord; subs: Sub[] };
export type HeadWord = "customers" | "segments_and_tags" | "layers" | "company" | "data" | "systems" | "upkeep";
export type SubWord =
  | "tasks" | "communities" | "groups" | "live_codes" | "welcomes" | "broadcasts" | "releases" | "orders" | "definitions"
  | "accounts" | "staff" | "operators" | "jobs" | "tags" | "tag_rules" | "tag_jobs" | "audit" | "abilities" | "tenant" | "language"
  | "everybody" | "suggestions" | "losses" | "handover" | "fields" | "privacy" | "data_requests" | "imports" | "exports" | "api_keys" | "events" | "webhooks"
  | "segments" | "layers" | "ladders" | "benefits" | "promotions";
export type Place = { word: "today" | "plan" | "communities" | "people" | "content" | "results" | "settings"; to: string; icon: ReactNode; shelves: Shelf[] };

export const places: Place[] = [
  { word: "today", to: "/today", icon: <ClockCircleOutlined />, shelves: [{ subs: [{ to: "/today/tasks", word: "tasks" }] }] },
  { word: "plan", to: "/plan", icon: <CalendarOutlined />, shelves: [] },
  {
    word: "communities", to: "/communities", icon: <TeamOutlined />,
    shelves: [{ subs: [{ to: "/communities", word: "communities" }, { to: "/groups", word: "groups" }] }],
  },
  {
    word: "people", to: "/people", icon: <UserOutlined />,
    shelves: [
      {
        head: "customers",
        subs: [
          { to: "/people", word: "everybody" }, { to: "/people/suggestions", word: "suggestions" }, { to: "/people/losses", word: "losses" },
          { to: "/people/handover", word: "handover" }, { to: "/people/requests", word: "data_requests" },
        ],
      },
      {
        head: "segments_and_tags",
        subs: [
          { to: "/people/segments", word: "segments" }, { to: "/people/tags", word: "tags" }, { to: "/people/tag-rules", word: "tag_rules" },
          { to: "/people/tag-jobs", word: "tag_jobs" },
        ],
      },
      {
        head: "layers",
        subs: [
          { to: "/people/layers", word: "layers" }, { to: "/people/ladders", word: "ladders" }, { to: "/people/benefits", word: "benefits" },
          { to: "/people/promotions", word: "promotions" },
        ],
      },
    ],
  },
  {
    word: "content", to: "/content/live-codes", icon: <BookOutlined />,
    shelves: [{ subs: [{ to: "/content/live-codes", word: "live_codes" }, { to: "/content/welcomes", word: "welcomes" }, { to: "/content/broadcasts", word: "broadcasts" }] }],
  },
  {
    word: "results", to: "/results", icon: <BarChartOutlined />,
    shelves: [{ subs: [{ to: "/results", word: "releases" }, { to: "/results/orders", word: "orders" }, { to: "/results/definitions", word: "definitions" }] }],
  },
  {
    word: "settings", to: "/settings/accounts", icon: <SettingOutlined />,
    shelves: [
      {
        head: "company",
        subs: [
          { to: "/settings/accounts", word: "accounts" }, { to: "/settings/staff", word: "staff" }, { to: "/settings/operators", word: "operators" },
          { to: "/settings/tenant", word: "tenant" }, { to: "/settings/language", word: "language" },
        ],
      },
      {
        head: "data",
        subs: [
          { to: "/settings/fields", word: "fields" }, { to: "/settings/imports", word: "imports" }, { to: "/settings/exports", word: "exports" },
          { to: "/settings/privacy", word: "privacy" },
        ],
      },
      {
        head: "systems",
        subs: [{ to: "/settings/api-keys", word: "api_keys" }, { to: "/settings/events", word: "events" }, { to: "/settings/webhooks", word: "webhooks" }],
      },
      {
        head: "upkeep",
        subs: [{ to: "/settings/jobs", word: "jobs" }, { to: "/settings/audit", word: "audit" }, { to: "/settings/abilities", word: "abilities" }],
      },
    ],
  },
];

const roots: Record<Place["word"], string[]> = {
  today: ["/today"], plan: ["/plan"], communities: ["/communities", "/groups"], people: ["/people"], content: ["/content"],
  results: ["/results"], settings: ["/settings"],
};

/** The place that a path belongs to. */
export const placeOf = (path: string): Place | undefined =>
  places.find((p) => roots[p.word].some((root) => path === root || path.startsWith(`${root}/`)));

/** All sub-pages of a place, in their order. */
export const subsOf = (place: Place): Sub[] => place.shelves.flatMap((shelf) => shelf.subs);

/** The longest sub-page that a path lies under. */
export const subOf = (place: Place, path: string): string | undefined =>
  subsOf(place).map((s) => s.to).filter((to) => path === to || path.startsWith(`${to}/`)).sort((a, b) => b.length - a.length)[0];
