// One live code: its picture and poster, where it leads, what it brought.
import { DownloadOutlined } from "@ant-design/icons";
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { LiveCode } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { CodeForm } from "../parts/CodeForm";

export function LiveCodePage({ id }: { id: string }) {
  const { t } = useTranslation("live_codes");
  const words = useWords();
  const { count } = useFormat();
  const may = useMay("live_codes:write");
  const [editing, setEditing] = useState(false);
  const query = useQuery({
    queryKey: ["live-code", id],
    queryFn: (): Promise<LiveCode> => call(api.GET("/api/v1/live-codes/{id}", { params: { path: { id } } })),
    // The picture comes from the platform a moment after the code is made.
    refetchInterval: (q) => (q.state.data?.qr_url ? false : 2_000),
  });
  const code = query.data;
  const poster = `/api/v1/live-codes/${encodeURIComponent(id)}/poster.svg`;
  return (
    <Page
      title={code ? code.name : " "} back={<Link to="/content/live-codes">{t("title")}</Link>}
      lead={code ? <span className="row"><StateMark state={code.state} /> {words("live_codes", "targets", code.target)} · {words("live_codes", "channels", code.channel)}</span> : null}
      actions={code && may ? <Button onClick={() => setEditing(true)}>{t("change")}</Button> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {code ? (
        <div className="columns-side">
          <div className="stack-16">
            <Section title={t("brought")}>
              <dl className="beside">
                <div><dt>{t("adds")}</dt><dd><Figure id="adds">{count(code.adds)}</Figure></dd></div>
                <div><dt>{t("joins")}</dt><dd><Figure id="joins">{count(code.joins)}</Figure></dd></div>
              </dl>
            </Section>
            <Section title={t("leads_to")}>
              <dl className="facts">
                <dt>{t("hook")}</dt>
                <dd>{code.hook}</dd>
                {code.staff.length > 0 ? <><dt>{t("staff")}</dt><dd>{code.staff.map((s) => s.name).join("、")}</dd></> : null}
                {code.groups.length > 0 ? <><dt>{t("groups")}</dt><dd>{code.groups.map((g) => g.name).join("、")}</dd></> : null}
              </dl>
            </Section>
          </div>
          <Section title={t("picture")}>
            {code.qr_url ? (
              <div className="stack">
                <img className="poster" src={poster} alt={t("poster_alt", { name: code.name })} width={288} />
                <a href={poster} download={`${code.name}.svg`}>
                  <Button block icon={<DownloadOutlined />} tabIndex={-1}>{t("download")}</Button>
                </a>
              </div>
            ) : (
              <p className="soft">{t("picture_pending")}</p>
            )}
          </Section>
        </div>
      ) : null}
      {editing && code ? <CodeForm code={code} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
