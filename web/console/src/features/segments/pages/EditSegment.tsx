// Another name or wording for a segment; the former wordings stay as versions.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Page } from "@/shared/Page";
import type { SegmentPurpose, SegmentView } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { type Expr, opened } from "../model/tree";
import { BuilderDesk } from "../parts/BuilderDesk";
import { SaveBar } from "../parts/SaveBar";
import { useBuilder } from "../parts/useBuilder";
import { oneSegment, sent } from "../queries";

export function EditSegment({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  // Read once: what somebody is editing must not change under the hands. Who was faster is told at saving.
  const query = useQuery({ ...oneSegment(id), queryKey: ["segments", "edit", id], staleTime: Infinity, gcTime: 0 });
  return (
    <Page title={query.data ? t("edit_named", { name: query.data.name }) : t("edit")} lead={t("edit_lead")} back={<Link to="/people/segments/$id" params={{ id }}>{query.data?.name ?? t("title")}</Link>} wide>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {query.data ? <Desk segment={query.data} /> : null}
    </Page>
  );
}

function Desk({ segment }: { segment: SegmentView }) {
  const navigate = useNavigate();
  const [first] = useState(() => opened(segment.expr as unknown as Expr));
  const [purpose, setPurpose] = useState<SegmentPurpose>("audience");
  const [name, setName] = useState(segment.name);
  const builder = useBuilder(first, purpose);
  const reworded = builder.text !== null || builder.root !== first;
  const body = { ...(name.trim() === segment.name ? {} : { name: name.trim() }), ...(reworded ? sent(builder.wording) : {}), version: segment.version };
  const save = useAct(() => call(api.PATCH("/api/v1/segments/{id}", { params: { path: { id: segment.id } }, body })), {
    renew: [["segments"]], then: () => void navigate({ to: "/people/segments/$id", params: { id: segment.id } }),
  });
  return (
    <>
      <SaveBar builder={builder} name={name} onName={setName} busy={save.isPending} error={save.error} onSave={() => save.mutate()} />
      <BuilderDesk builder={builder} purpose={purpose} onPurpose={setPurpose} />
    </>
  );
}
