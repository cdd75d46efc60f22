// Every wording a segment had, and what each one changed.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { SegmentVersion } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { diff } from "../model/diff";

const SIGN = { same: " ", out: "−", in: "+" } as const;

export function Versions({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  const { dayAndClock } = useFormat();
  const [open, setOpen] = useState<number | null>(null);
  const query = useQuery({ queryKey: ["segments", "versions", id], queryFn: (): Promise<{ items: SegmentVersion[] }> => call(api.GET("/api/v1/segments/{id}/versions", { params: { path: { id } } })) });
  const items = query.data?.items ?? [];
  return (
    <div className="stack">
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={2} /> : null}
      <ol className="stack">
        {items.map((v, at) => {
          const before = items[at + 1];
          return (
            <li key={v.version} className="stack">
              <span className="row">
                <span className="grow">{t("version_line", { n: v.version, who: v.made_by, when: dayAndClock(v.made_at) })}</span>
                <Button size="small" aria-expanded={open === v.version} aria-label={t(before ? "version_diff_named" : "version_text_named", { n: v.version })} onClick={() => setOpen(open === v.version ? null : v.version)}>
                  {before ? t("version_diff") : t("version_text")}
                </Button>
              </span>
              {open === v.version ? <Diff before={before?.text ?? v.text} after={v.text} /> : null}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

export function Diff({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation("segments");
  return (
    <div className="seg-diff">
      {diff(before, after).map((line, at) => (
        <div key={at} className={line.how}>
          <span aria-hidden="true">{SIGN[line.how]}</span>
          <span className="pre">{line.how === "same" ? null : <span className="sr-only">{t(`diff.${line.how}`)} </span>}{line.text}</span>
        </div>
      ))}
    </div>
  );
}
