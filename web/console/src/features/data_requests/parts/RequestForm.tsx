// Entering a request that reached an employee by word or letter.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { DataRequest, DataRequestDetail, PersonRow } from "@/shared/types";
import { useWords } from "@/shared/words";

const KINDS: DataRequest["kind"][] = ["access", "correct", "erase", "restrict"];

type Props = { person?: string | undefined; name?: string | undefined; onClose: () => void };

export function RequestForm({ person: given, name, onClose }: Props) {
  const { t } = useTranslation("data_requests");
  const words = useWords();
  const navigate = useNavigate();
  const [person, setPerson] = useState(given ?? "");
  const [kind, setKind] = useState<DataRequest["kind"]>("access");
  const [wish, setWish] = useState("");
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["people", "pick", search],
    queryFn: (): Promise<{ items: PersonRow[] }> => call(api.GET("/api/v1/people", { params: { query: { limit: 20, ...(search ? { search } : {}) } } })),
  });
  const options = (found.data?.items ?? []).map((p) => ({ value: p.id, label: p.name || t("nobody") }));
  if (given && name && !options.some((o) => o.value === given)) options.unshift({ value: given, label: name });
  const save = useAct((): Promise<DataRequestDetail> => call(api.POST("/api/v1/data-requests", { body: { person_id: person, kind, wish: wish.trim() } })), {
    renew: [["data_requests"], ["today"]],
    then: (made) => void navigate({ to: "/people/requests/$id", params: { id: made.id } }),
  });
  return (
    <SideForm open title={t("add")} busy={save.isPending} error={save.error ?? found.error} blocked={person === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("who")} hint={t("who_hint")}>
        {(id) => <Select id={id} showSearch={{ filterOption: false, onSearch: setTyped }} value={person || null} onChange={(v: string) => setPerson(v)} options={options} loading={found.isFetching} />}
      </Field>
      <Field label={t("kind")} hint={words("data_requests", "kind_what", kind)}>
        {(id) => <Select id={id} value={kind} onChange={setKind} options={KINDS.map((value) => ({ value, label: words("data_requests", "kinds", value) }))} />}
      </Field>
      <Field label={t("wish")} hint={t("wish_hint")} optional>
        {(id) => <Input.TextArea id={id} rows={4} maxLength={1000} value={wish} onChange={(e) => setWish(e.target.value)} />}
      </Field>
    </SideForm>
  );
}
