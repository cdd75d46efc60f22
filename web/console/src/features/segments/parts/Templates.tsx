// Wordings to begin with; one that asks for what nobody records yet says so.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Waiting } from "@/shared/Waiting";
import { templates } from "../model/templates";
import { terms } from "../model/terms";
import { vocabulary } from "../queries";
import { useTermWords } from "./say";
import "./segments.css";

export function Templates() {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const navigate = useNavigate();
  const offer = useQuery(vocabulary);
  if (offer.error) return <Failure error={offer.error} retry={() => void offer.refetch()} />;
  if (!offer.data) return <Waiting rows={3} />;
  const known = new Set(terms(offer.data).filter((x) => x.recorded).map((x) => x.id));
  return (
    <ul className="seg-templates" aria-label={t("templates_title")}>
      {templates.map(({ name, needs }) => {
        const lacks = needs.filter((id) => !known.has(id));
        return (
          <li key={name} className="seg-template">
            <strong>{t(`templates.${name}.name`)}</strong>
            <span className="soft">{t(`templates.${name}.what`)}</span>
            {lacks.length > 0 ? <span className="soft">{t("template_lacks", { what: lacks.map((id) => words.term(id)).join(" · ") })}</span> : null}
            <span>
              <Button size="small" disabled={lacks.length > 0} aria-label={t("template_use_named", { name: t(`templates.${name}.name`) })} onClick={() => void navigate({ to: "/people/segments/new", search: { template: name } })}>
                {t("template_use")}
              </Button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
