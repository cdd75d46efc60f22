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
import { useWords } from "@/shared/words";

export function DoctorList({ account }: { account: string }) {
  const { t } = useTranslation("accounts");
  const { when } = useFormat();
  const query = useQuery({
    queryKey: ["account", account, "doctor"],
    queryFn: (): Promise<Doctor> => call(api.GET("/api/v1/accounts/{id}/doctor", { params: { path: { id: account } } })),
    refetchInterval: (q) => (q.state.data?.running ? 700 : false),
  });
  const start = useAct(() => call(api.POST("/api/v1/accounts/{id}/doctor", { params: { path: { id: account } } })), { renew: [["account", account]] });
  const doctor = query.data;
  return (
    <Section
      title={t("doctor")}
      extra={<Button type="primary" size="small" loading={start.isPending || (doctor?.running ?? false)} onClick={() => start.mutate()}>{doctor?.finished_at ? t("doctor_again") : t("doctor_start")}</Button>}
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
  const words = useWords();
  return (
    <ol className="doctor" aria-live="polite">
      {doctor.probes.map((probe) => {
        const found = doctor.findings.find((f) => f.probe === probe);
        return (
          <li key={probe}>
            <div className="row row-between">
              <span>
                {words("accounts", "probes", probe)}
                {found?.count !== null && found?.count !== undefined ? <span className="soft"> · {found.count}</span> : null}
              </span>
              {found ? <StateMark state={found.verdict === "skipped" ? "skipped" : found.verdict} /> : <StateMark state="pending" word={doctor.running ? t("asking") : t("not_asked")} />}
            </div>
            {found && (found.verdict === "broken" || found.verdict === "warning") ? <Cure finding={found} /> : null}
          </li>
        );
      })}
    </ol>
  );
}

function Cure({ finding }: { finding: Finding }) {
  const { t } = useTranslation("accounts");
  const words = useWords();
  return (
    <dl className="facts cure">
      <dt>{t("asked")}</dt>
      <dd><code>{finding.asked}</code></dd>
      <dt>{t("answered")}</dt>
      <dd><code>{finding.code}</code> {finding.words}</dd>
      <dt>{t("cure")}</dt>
      <dd>{finding.cure ?? words("accounts", "cures", finding.probe)}</dd>
    </dl>
  );
}
