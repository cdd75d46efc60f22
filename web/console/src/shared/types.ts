// Answers of the server by their short names. Provisional where the schema isn't generated yet.

export type Me = {
  operator: { id: string; name: string; role: string; locale: string; staff_id?: string | null };
  tenant: { id: string; name: string; zone: string };
  permissions: string[];
  demo: boolean;
  simulator_url?: string | null;
  now: number;
};
export type SignInBody = { code?: string; login?: string; password?: string };
export type SearchHit = { kind: string; id: string; title: string; note?: string | null };
export type DeadJob = { id: string; kind: string; payload: string; attempt: number; error_code: string; error_detail: string; died_at: number; reason: string };
export type AbilityRow = { action: string; ability: string };
export type Operator = {
  id: string; login: string; name: string; role: string; staff_id?: string | null; reach: string; locale: string; disabled: boolean; created_at: number; last_seen_at: number;
};
export type Invited = { operator: Operator; sign_in_url: string };
export type RoleRow = { role: string; permissions: string[] };
export type AuditRow = { id: string; at: number; operator_id: string; operator_name: string; action: string; subject: string };
export type StaffRow = { id: string; name: string };

export type Figures = { clicks?: number | null; orders?: number | null; paid_fen?: number | null };
export type TodayRow = {
  post_id: string; at: number; title: string; value_kind: string; way: string; state: string; community_id: string; community_name: string;
  groups: number; group_names: string[]; tappers: string[]; sent: number; clicks: number; orders: number; paid_fen: number;
};
export type TaskRow = {
  id: string; title: string; staff_id: string; staff_name: string; due_at: number; expires_at?: number | null; state: string; way: string; groups: number; group_names: string[];
  reminded: number; remind_left: number;
};
export type WrongRow = { id: string; kind: string; sentence: string; cure?: string | null; at: number; retry: boolean };
export type DecisionRow = { release_id: string; title: string; at: number; reach: number; clicks: number; orders: number; paid_fen: number };
export type Today = { now: number; day: number; rows: TodayRow[]; waiting: TaskRow[]; wrong: WrongRow[]; decisions: DecisionRow[] };

export type Tag = { id: string; name: string; group_name?: string | null; people?: number };
export type PersonTag = { id: string; name: string; source: string; at?: number | null };
export type PersonRow = { id: string; name: string; avatar_url?: string | null; tags: PersonTag[]; groups: number; paid_fen: number; orders: number; first_seen_at: number };
export type Consent = { purpose: string; granted: boolean; at?: number | null; source?: string | null };
export type PersonEvent = { at: number; kind: string; text: string; amount_fen?: number | null };
export type Person = PersonRow & {
  contacts: { id: string; staff_id: string; staff_name: string; added_at: number; code_name?: string | null; lost_at?: number | null }[];
  memberships: { id: string; group_id: string; group_name: string; joined_at: number; left_at?: number | null; code_name?: string | null }[];
  consents: Consent[];
  timeline: PersonEvent[];
};
export type GroupRow = {
  id: string; name: string; owner_name: string; members: number; eligible: number; community_id?: string | null; community_name?: string | null; state: string; joins_7d: number; leaves_7d: number;
};
export type PulseDay = { day: number; joins: number; leaves: number; clicks: number; posts: number; members: number };
export type Group = GroupRow & { notice?: string | null; admins: string[]; pulse: PulseDay[]; created_at: number };
export type Member = { id: string; person_id: string; name: string; role: string; joined_at: number; left_at?: number | null; scene?: string | null; inviter_name?: string | null; code_name?: string | null };
export type Positioning = {
  for_whom: string; problem: string; solution: string; purpose: string; target: string; value: string; paid: boolean; fee_note: string; channel: string;
};
export type CommunityRow = { id: string; name: string; kind: string; tier: string; state: string; groups: number; members: number };
export type Community = CommunityRow & { card: Positioning; missing: string[]; group_ids: string[]; ends_on?: number | null };
export type LiveCode = {
  id: string; name: string; target: string; hook: string; channel: string; state: string; staff: { id: string; name: string }[]; groups: { id: string; name: string }[];
  scans?: number; adds: number; joins: number; qr_url?: string | null; tag_ids: string[]; community_id?: string | null; created_at: number;
};
export type Welcome = { id: string; name: string; text: string; state: string; attachments: unknown[]; code_ids: string[]; greeted: number; missed: number };
export type WelcomeLog = { id: string; at: number; contact_name: string; staff_name: string; state: string; after_ms?: number | null; reason?: string | null };
export type Broadcast = {
  id: string; title: string; text: string; state: string; created_at: number; sender_names: string[]; groups: number; sent: number; missed: number; targets?: { group_id: string; group_name: string; state: string; sent_at?: number | null }[];
};
export type Account = { id: string; name: string; platform: string; state: string; corp_id: string; agent_id: string; callback_url: string; last_sync_at?: number | null };
export type Finding = { probe: string; asked: string; verdict: string; code: number; words: string; count?: number | null; cure?: string | null };
export type Doctor = { running: boolean; findings: Finding[]; probes: string[]; finished_at?: number | null };
export type SyncKind = { kind: string; done: number; total?: number | null; state: string; rate?: number | null };
export type Sync = { state: string; kinds: SyncKind[]; started_at?: number | null; finished_at?: number | null };
export type InboxRow = { id: string; received_at: number; event: string; state: string };
export type StaffFull = { id: string; name: string; departments: string[]; state: string; groups: number; contacts: number; duties: string[] };
export type Order = { id: string; number: string; person_name?: string | null; person_id?: string | null; paid_fen: number; refunded_fen: number; placed_at: number; source: string; credited_to?: string | null };
export type ImportResult = { taken: number; repeated: number; bad: { row: number; reason: string }[] };

export type Post = {
  id: string; community_id: string; day: number; minute: number; due_at: number; title: string; text: string; value_kind: string; way: string; state: string;
  link_url?: string | null; link_title?: string | null; tracked: boolean; groups: number; group_ids: string[]; movable: boolean;
};
export type Week = {
  monday: number; posts: Post[]; ghosts: Post[];
  days: { day: number; posts: number; cap: number; broadcasts: number; quota: number }[];
  mix: { kind: string; share: number }[]; mix_low: number; mix_high: number;
  windows: { kind: "quiet" | "meal"; from_minute: number; to_minute: number }[];
};
export type Checked = { warnings: string[] };
export type Template = { id: string; name: string; kind: string; posts: number };
export type Release = {
  id: string; post_id: string; title: string; community_name: string; value_kind: string; way: string; planned_at: number; groups: number; sent: number; missed: number;
  reach: number; opens: number; clicks: number; orders: number; paid_fen: number; leaves_24h: number; decision?: string | null; settled: boolean;
};
