// Provisional answers until the schema is generated; then these become its aliases.

export type Me = {
  operator: { id: string; name: string; role: string; locale: string };
  tenant: { id: string; name: string; zone: string };
  permissions: string[];
  demo: boolean;
};

export type SignInBody = { code: string } | { login: string; password: string };
export type SearchHit = { kind: string; id: string; title: string; note?: string | null };
