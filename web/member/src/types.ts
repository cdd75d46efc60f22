// Answers of the server by their short names.
import type { components } from "@huoqun/api";

type S = components["schemas"];
export type SidebarTask = S["SidebarTask"];
export type SidebarView = S["SidebarView"];
export type OwnDataView = S["OwnData"];
