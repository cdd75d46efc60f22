// One request: who asks for what until when, its steps, and the next thing to do about it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { DataRequestDetail } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { NextStep } from "../parts/NextStep";
import { Outcome } from "../parts/Outcome";
import { toneOfRequest } from "../parts/tone";

export function RequestPage({ id }: { id: string }) {
  const { t } = useTranslation("data_requests");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("data_requests:write");
  const query = useQuery({
    queryKey: ["data_request", id],
    queryFn: (): Promise<DataRequestDetail> => call(api.GET("/api/v1/data-requests/{id}", { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data?.state === "in_work" ? 3_000 : false),
  });
  const r = query.data;
  return (
    <Page
      title={r ? words("data_requests", "kinds", r.kind) : " "} back={<Link to="/people/requests">{t("title")}</Link>}
      lead={r ? <StateMark state={r.state} tone={toneOfRequest(r)} word={words("data_requests", "states", r.overdue ? "overdue" : r.state)} /> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {r ? (
        <div className="columns-side">
          <div className="stack-16">
            {may ? <NextStep request={r} /> : null}
            <Outcome request={r} may={may} />
            <Section title={t("steps")}>
              <ol className="stack">
                {r.steps.map((s) => (
                  <li key={s.id}>
                    <strong>{words("data_requests", "step", s.step)}</strong>{" "}
                    <span className="soft">{dayAndClock(s.at)}{s.actor ? ` · ${s.actor}` : ""}</span>
                    {s.note && s.step !== "file_made" && s.step !== "erased" ? <div style={{ overflowWrap: "anywhere" }}>{s.note === "OAuth" ? t("by_platform") : s.note}</div> : null}
                  </li>
                ))}
              </ol>
            </Section>
          </div>
          <Section title={t("about")}>
            <dl className="stack">
              <div><dt className="soft">{t("who")}</dt><dd>{r.person_name ? <Link to="/people/$id" params={{ id: r.person_id }}>{r.person_name}</Link> : t("nobody")}</dd></div>
              <div><dt className="soft">{t("came_by")}</dt><dd>{words("data_requests", "channels", r.channel)}</dd></div>
              <div><dt className="soft">{t("received")}</dt><dd>{dayAndClock(r.received_at)}</dd></div>
              <div><dt className="soft">{t("due")}</dt><dd>{dayAndClock(r.due_at - 60_000)}</dd></div>
              {r.wish ? <div><dt className="soft">{t("wish")}</dt><dd style={{ overflowWrap: "anywhere" }}>{r.wish}</dd></div> : null}
              {r.outcome ? <div><dt className="soft">{t("outcome")}</dt><dd>{r.outcome}</dd></div> : null}
              {r.legal_ground ? <div><dt className="soft">{t("legal_ground")}</dt><dd>{r.legal_ground}</dd></div> : null}
            </dl>
          </Section>
        </div>
      ) : null}
    </Page>
  );
}
