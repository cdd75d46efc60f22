// One file: what its columns mean, the dry run, the run, and what became of every row.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { ImportDetail } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { BadRows } from "../parts/BadRows";
import { Columns } from "../parts/Columns";
import { Counts } from "../parts/Counts";

const works = (state: string | undefined) => state === "checking" || state === "running";

export function ImportPage({ id }: { id: string }) {
  const { t } = useTranslation("imports");
  const words = useWords();
  const { count, dayAndClock } = useFormat();
  const { modal } = App.useApp();
  const query = useQuery({
    queryKey: ["imports", id],
    queryFn: (): Promise<ImportDetail> => call(api.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    refetchInterval: (q) => (works(q.state.data?.state) ? 1_000 : false),
  });
  const path = { params: { path: { id } } };
  const renew = [["imports"], ["people"], ["orders"], ["tags"]];
  const check = useAct(() => call(api.POST("/api/v1/imports/{id}/check", path)), { renew });
  const run = useAct((policy: "none_if_bad" | "good_rows") => call(api.POST("/api/v1/imports/{id}/run", { ...path, body: { policy } })), { renew });
  const pause = useAct(() => call(api.POST("/api/v1/imports/{id}/pause", path)), { renew });
  const resume = useAct(() => call(api.POST("/api/v1/imports/{id}/resume", path)), { renew });
  const cancel = useAct(() => call(api.POST("/api/v1/imports/{id}/cancel", path)), { renew });
  const file = query.data;
  const state = file?.state;
  const open = state === "uploaded" || state === "checked";
  const ask = () => modal.confirm({ title: t("cancel_title"), content: t("cancel_what", { count: file?.taken.rows ?? 0 }), okText: t("cancel"), okButtonProps: { danger: true }, onOk: () => cancel.mutateAsync() });
  const busy = check.isPending || run.isPending || pause.isPending || resume.isPending;
  return (
    <Page
      title={file ? file.file_name || t("nameless") : " "} back={<Link to="/settings/imports">{t("title")}</Link>}
      lead={file ? <span className="row"><StateMark state={file.state} word={words("imports", "states", file.state)} /> {words("imports", "kinds", file.kind)} · {t("rows_of", { rows: count(file.rows_total) })} · {file.format.toUpperCase()} {file.encoding} · {file.operator_name} {dayAndClock(file.created_at)}</span> : null}
      actions={
        file ? (
          <>
            {file.state === "running" ? <Button onClick={() => pause.mutate()} loading={busy}>{t("pause")}</Button> : null}
            {file.state === "paused" ? <Button type="primary" onClick={() => resume.mutate()} loading={busy}>{t("resume")}</Button> : null}
            {open || works(file.state) || file.state === "paused" ? <Button onClick={ask}>{t("cancel")}</Button> : null}
          </>
        ) : null
      }
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {file?.error ? <p className="bad" role="alert">{file.error}</p> : null}
      {file?.repeats ? <p role="status">{t("repeats")} <Link to="/settings/imports/$id" params={{ id: file.repeats }}>{t("repeats_which")}</Link></p> : null}
      {file && open ? <Columns key={JSON.stringify(file.mapping)} file={file} busy={busy} onMapped={() => check.mutate()} /> : null}
      <Failure error={check.error ?? run.error ?? pause.error ?? resume.error ?? cancel.error} />
      {file && file.state !== "uploaded" && file.checked.rows > 0 ? (
        <Section title={t("dry_run")}>
          <p className="soft">{t("dry_run_what")}</p>
          <Counts counts={file.checked} />
          {file.state === "checking" ? <Moving file={file} /> : null}
        </Section>
      ) : null}
      {file?.state === "checked" ? (
        <Section title={t("take")}>
          <p className="soft">{file.checked.bad > 0 ? t("take_some_what", { count: file.checked.bad }) : t("take_all_what")}</p>
          <div className="row">
            <Button type="primary" loading={busy} disabled={file.checked.bad > 0} onClick={() => run.mutate("none_if_bad")}>{t("take_all")}</Button>
            {file.checked.bad > 0 ? <Button loading={busy} onClick={() => run.mutate("good_rows")}>{t("take_good")}</Button> : null}
          </div>
        </Section>
      ) : null}
      {file && (file.taken.rows > 0 || file.state === "running" || file.state === "paused") ? (
        <Section title={t("run")}>
          <Counts counts={file.taken} />
          {file.state === "running" || file.state === "paused" ? <Moving file={file} /> : null}
        </Section>
      ) : null}
      {file && file.bad.length > 0 ? <BadRows file={file} /> : null}
    </Page>
  );
}

function Moving({ file }: { file: ImportDetail }) {
  const { t } = useTranslation("imports");
  const { count, percent } = useFormat();
  return (
    <p className="row" role="status">
      <progress value={file.progress} max={1} aria-label={t("progress")} />
      <span className="number">{percent(file.progress)}{file.rows_per_second ? <span className="faint"> · {t("rate", { n: count(file.rows_per_second) })}</span> : null}</span>
    </p>
  );
}
