// A new key: what it may do, whom it reaches, from where and how long.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import type { CommunityRow, NewApiKey, ScopeChoice } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

const day = 86_400_000;
const lives = [0, 30, 90, 365] as const;

export function KeyForm({ onClose, onMade }: { onClose: () => void; onMade: (made: NewApiKey) => void }) {
  const { t } = useTranslation("api_keys");
  const { now } = useFormat();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [community, setCommunity] = useState<string>("");
  const [networks, setNetworks] = useState<string[]>([]);
  const [perMinute, setPerMinute] = useState(300);
  const [life, setLife] = useState<number>(365);
  const communities = useQuery({ queryKey: ["communities", "all"], queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", { params: { query: { limit: 200 } } })) });
  const save = useAct(
    (): Promise<NewApiKey> =>
      call(api.POST("/api/v1/api-keys", {
        body: { name: name.trim(), scopes, networks, per_minute: perMinute, community_id: community || null, expires_at: life > 0 ? now + life * day : null },
      })),
    { renew: [["api-keys"]], then: (made) => { onClose(); onMade(made); } },
  );
  return (
    <SideForm open title={t("add")} submit={t("make")} busy={save.isPending} error={save.error} blocked={name.trim() === "" || scopes.length === 0} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")} hint={t("name_hint")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={60} autoFocus />}</Field>
      <Scopes value={scopes} onChange={setScopes} />
      <Field label={t("reach")} hint={t("reach_hint")}>
        {(id) => <Select id={id} value={community} onChange={setCommunity} options={[{ value: "", label: t("reach_all") }, ...(communities.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }))]} />}
      </Field>
      <Field label={t("ends")}>{(id) => <Select id={id} value={life} onChange={setLife} options={lives.map((d) => ({ value: d, label: d === 0 ? t("no_end") : t("days", { count: d }) }))} />}</Field>
      <Field label={t("networks")} optional hint={t("networks_hint")}>
        {(id) => <Select id={id} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", " ", "，"]} value={networks} onChange={setNetworks} />}
      </Field>
      <Field label={t("limit")} hint={t("limit_hint")}>{(id) => <InputNumber id={id} min={1} max={6000} value={perMinute} onChange={(n) => setPerMinute(n ?? 300)} />}</Field>
    </SideForm>
  );
}

/** One line per thing, with what may be done to it. */
function Scopes({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const { t } = useTranslation("api_keys");
  const words = useWords();
  const query = useQuery({ queryKey: ["api-key-scopes"], queryFn: (): Promise<ScopeChoice[]> => call(api.GET("/api/v1/api-key-scopes")), staleTime: Infinity });
  const things = [...new Set((query.data ?? []).map((s) => s.scope.split(":")[0] ?? s.scope))];
  const toggle = (scope: string, on: boolean) => onChange(on ? [...value, scope] : value.filter((s) => s !== scope));
  return (
    <fieldset className="field" style={{ border: 0, padding: 0, margin: 0, minInlineSize: 0 }}>
      <legend>{t("scopes")}</legend>
      <Failure error={query.error} />
      {query.isPending ? <Waiting rows={4} /> : null}
      <ul className="stack">
        {things.map((thing) => (
          <li key={thing} className="row row-between">
            <span>{words("api_keys", "things", thing)}</span>
            <span className="row">
              {(query.data ?? []).filter((s) => s.scope.startsWith(`${thing}:`)).map((s) => {
                const what = s.scope.endsWith(":read") ? t("read") : t("write");
                return (
                  <Checkbox key={s.scope} checked={value.includes(s.scope)} disabled={!s.yours} onChange={(e) => toggle(s.scope, e.target.checked)} aria-label={`${words("api_keys", "things", thing)} ${what}`}>
                    {what}
                  </Checkbox>
                );
              })}
            </span>
          </li>
        ))}
      </ul>
      <div className="field-hint">{t("scopes_hint")}</div>
    </fieldset>
  );
}
