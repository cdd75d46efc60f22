// A new segment: from nothing or from a template, kept under a name.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Page } from "@/shared/Page";
import type { SegmentPurpose, SegmentView, SegmentVocabulary } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { templateOf } from "../model/templates";
import { group } from "../model/tree";
import { BuilderDesk } from "../parts/BuilderDesk";
import { SaveBar } from "../parts/SaveBar";
import { useBuilder } from "../parts/useBuilder";
import { sent, vocabulary } from "../queries";

export function NewSegment({ template }: { template: string | undefined }) {
  const { t } = useTranslation("segments");
  const offer = useQuery(vocabulary);
  return (
    <Page title={t("add")} lead={t("add_lead")} back={<Link to="/people/segments">{t("title")}</Link>} wide>
      <Failure error={offer.error} retry={() => void offer.refetch()} />
      {offer.isPending ? <Waiting rows={8} /> : null}
      {offer.data ? <Desk key={template} template={template} offer={offer.data} /> : null}
    </Page>
  );
}

function Desk({ template, offer }: { template: string | undefined; offer: SegmentVocabulary }) {
  const { t } = useTranslation("segments");
  const navigate = useNavigate();
  const begun = templateOf(template);
  const [first] = useState(() => begun?.make(offer, t("of_baby").split("|")) ?? group("all"));
  const [purpose, setPurpose] = useState<SegmentPurpose>("audience");
  const [name, setName] = useState(begun ? t(`templates.${begun.name}.name`) : "");
  const [tell, setTell] = useState(false);
  const builder = useBuilder(first, purpose);
  const save = useAct((): Promise<SegmentView> => call(api.POST("/api/v1/segments", { body: { name: name.trim(), ...sent(builder.wording), tell_first: tell } })), {
    renew: [["segments"]], then: (made) => void navigate({ to: "/people/segments/$id", params: { id: made.id } }),
  });
  return (
    <>
      <SaveBar builder={builder} name={name} onName={setName} busy={save.isPending} error={save.error} onSave={() => save.mutate()}>
        <Checkbox checked={tell} onChange={(e) => setTell(e.target.checked)}>{t("tell_first")}</Checkbox>
      </SaveBar>
      <BuilderDesk builder={builder} purpose={purpose} onPurpose={setPurpose} />
    </>
  );
}
