// The set-up doctor: a checklist that fills while one looks. A red line says what we asked, what WeCom answered, and
// which screen of WeCom cures it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Doctor, Finding } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

export function DoctorList({ account }: { account: string }) {
  const { t } = useTranslation("accounts");
  const { when } = useFormat();
  const query = useQuery({
    queryKey: ["account", account, "doctor"],
    queryFn: (): Promise<Doctor> => call(api.GET("/api/v1/accounts/{id}/doctor", { params: { path: { id: account } } })),
    refetchInterval: (q) => (q.state.data?.state === "running" ? 700 : false),
  });
  const start = useAct(() => call(api.POST("/api/v1/accounts/{id}/doctor", { params: { path: { id: account } } })), { renew: [["account", account]] });
  const doctor = query.data;
  return (
    <Section
      title={t("doctor")}
      extra={<Button type="primary" size="small" loading={start.isPending || doctor?.state === "running"} onClick={() => start.mutate()}>{doctor?.finished_at ? t("doctor_again") : t("doctor_start")}</Button>}
    >
      <p className="soft">{doctor?.finished_at ? t("doctor_at", { when: when(doctor.finished_at) }) : t("doctor_what")}</p>
      <Failure error={query.error ?? start.error} />
      {query.isPending ? <Waiting rows={6} /> : null}
      {doctor ? <Checklist doctor={doctor} /> : null}
    </Section>
  );
}

export function Checklist({ doctor }: { doctor: Doctor }) {
  const { t } = useTranslation("accounts");
  const left = Math.max(0, doctor.probes - doctor.findings.length);
  return (
    <ol className="doctor" aria-live="polite">
      {doctor.findings.map((found) => (
        <li key={found.probe}>
          <div className="row row-between">
            <span>
              {found.title}
              {found.count !== null && found.count !== undefined ? <span className="soft"> · {t("found", { count: found.count })}</span> : null}
            </span>
            <StateMark state={found.verdict} />
          </div>
          {found.verdict === "broken" || found.verdict === "warning" ? <Cure finding={found} /> : null}
        </li>
      ))}
      {Array.from({ length: left }, (_, i) => (
        <li key={`left${i}`}>
          <div className="row row-between">
            <span className="waiting-bar" style={{ width: `${[38, 30, 44, 26][i % 4]}%`, height: 14 }} />
            <StateMark state="pending" word={i === 0 && doctor.state === "running" ? t("asking") : t("not_asked")} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Cure({ finding }: { finding: Finding }) {
  const { t } = useTranslation("accounts");
  return (
    <dl className={finding.verdict === "warning" ? "facts cure cure-warning" : "facts cure"}>
      <dt>{t("asked")}</dt>
      <dd><code>{finding.asked}</code></dd>
      <dt>{t("answered")}</dt>
      <dd><code>{finding.code}</code> {finding.words}</dd>
      {finding.cure_text ? <><dt>{t("cure")}</dt><dd>{finding.cure_text}</dd></> : null}
    </dl>
  );
}
