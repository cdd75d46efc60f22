// The privacy desk: what customers are asked and how they answered, how long things are kept, what every column holds.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { PrivacyRegister, PurposeRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Register } from "../parts/Register";
import { Retention } from "../parts/Retention";
import { Wording } from "../parts/Wording";

export function PrivacyDesk() {
  const { t } = useTranslation("privacy");
  const words = useWords();
  const { count } = useFormat();
  const may = useMay("privacy:write");
  const [open, setOpen] = useState<PurposeRow | null>(null);
  const purposes = useQuery({ queryKey: ["privacy", "purposes"], queryFn: (): Promise<PurposeRow[]> => call(api.GET("/api/v1/privacy/purposes")) });
  const register = useQuery({ queryKey: ["privacy", "register"], queryFn: (): Promise<PrivacyRegister> => call(api.GET("/api/v1/privacy/register")) });
  const marks = Object.entries(register.data?.marks ?? {});
  return (
    <Page title={t("title")} lead={t("lead")} actions={<Link to="/people/requests"><Button>{t("requests")}</Button></Link>}>
      <div className="stack-16">
        <Section title={t("wordings")}>
          <p className="soft">{t("wordings_what")}</p>
          <Failure error={purposes.error} retry={() => void purposes.refetch()} />
          {purposes.isPending ? <Waiting rows={7} height={24} /> : null}
          {purposes.data ? (
            <Rows<PurposeRow>
              rows={purposes.data} rowKey={(x) => x.purpose} label={t("wordings")}
              columns={[
                { key: "purpose", title: t("purpose"), main: true, cell: (x) => words("privacy", "purposes", x.purpose) },
                { key: "version", title: t("version"), cell: (x) => (x.text_version === 0 ? t("ours") : t("version_n", { n: x.text_version })) },
                { key: "granted", title: t("granted"), number: true, cell: (x) => count(x.granted) },
                { key: "refused", title: t("refused"), number: true, cell: (x) => count(x.refused) },
                { key: "text", title: "", cell: (x) => <Button size="small" onClick={() => setOpen(x)} aria-label={t("open_of", { act: may ? t("edit") : t("read"), purpose: words("privacy", "purposes", x.purpose) })}>{may ? t("edit") : t("read")}</Button> },
              ]}
            />
          ) : null}
          {marks.length > 0 ? (
            <p className="row">
              {marks.map(([mark, n]) => <span key={mark} className="soft">{words("privacy", "marks", mark)}: {count(n)}</span>)}
            </p>
          ) : null}
          <p className="note">{t("group_posts")}</p>
        </Section>
        <Retention />
        <Section title={t("register")}>
          <p className="soft">{t("register_what")}</p>
          <Failure error={register.error} retry={() => void register.refetch()} />
          {register.isPending ? <Waiting rows={6} height={24} /> : null}
          {register.data ? <Register tables={register.data.tables} /> : null}
        </Section>
      </div>
      {open ? <Wording purpose={open} may={may} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}
