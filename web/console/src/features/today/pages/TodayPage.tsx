// Today: what is due, what waits for a tap, what went wrong, what needs a decision.
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page } from "@/shared/Page";
import { Waiting } from "@/shared/Waiting";
import { NeedsDecision, WaitsForTap, WentWrong } from "../parts/Stacks";
import { Timeline } from "../parts/Timeline";
import { useToday } from "../queries";
import "../parts/today.css";

export function TodayPage() {
  const { t } = useTranslation("today");
  const today = useToday();
  const { longDay, weekday } = useFormat();
  const data = today.data;
  return (
    <Page title={t("title")} lead={data ? `${longDay(data.day)} ${weekday(data.day)}` : " "}>
      <Failure error={today.error} retry={() => void today.refetch()} />
      {today.isPending ? <Waiting rows={9} height={36} /> : null}
      {data ? (
        <>
          {data.losses > 0 ? <p className="note"><Link to="/people/losses">{t("losses", { count: data.losses })}</Link></p> : null}
          <div className="piles">
            <WaitsForTap rows={data.waiting} />
            <WentWrong rows={data.wrong} />
            <NeedsDecision rows={data.decisions} />
          </div>
          {data.left.length + data.due.length > 0 ? (
            <Timeline left={data.left} due={data.due} now={data.now} />
          ) : (
            <Empty title={t("empty")} action={<Link to="/plan">{t("to_plan")}</Link>}>
              {t("empty_why")}
            </Empty>
          )}
        </>
      ) : null}
    </Page>
  );
}
