// Answers of the server by their short names.
export type SidebarTask = {
  id: string; title: string; body: string; link_url: string; group_id: string; group_name: string; chat: string; state: string; due_at: number; expires_at: number; settled_at: number;
};
export type SidebarView = {
  staff_id: string; staff_name: string; now: number; tasks: SidebarTask[];
  group?: { id: string; name: string; members: number } | null;
  contact?: { person_id: string; name: string; first_seen_at: number; groups: number; tags: string[] } | null;
};
