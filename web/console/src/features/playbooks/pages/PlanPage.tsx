// The week plan of a community.
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { mondayOf, plusDays } from "@huoqun/ui";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure, sentence } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { useWide } from "@/shared/useWide";
import { Waiting } from "@/shared/Waiting";
import { CopyPosts } from "../parts/CopyPosts";
import { DayPages } from "../parts/DayPages";
import { MixBar } from "../parts/MixBar";
import { PlanDrawer } from "../parts/PlanDrawer";
import { PostDrawer } from "../parts/PostDrawer";
import { WeekGrid } from "../parts/WeekGrid";
import type { Chip, Slot, Verdict } from "../parts/week";
import { bandsOf, communitiesQuery, loadsOf, mixOf, movePost, toChip, weekQuery } from "../queries";

export type PlanSearch = { community?: string; monday?: number; day?: number; post?: string; add?: string; copy?: string; plan?: boolean };
type Props = { search: PlanSearch; go: (change: PlanSearch) => void };

export function PlanPage({ search, go }: Props) {
  const { t } = useTranslation(["playbooks", "common"]);
  const format = useFormat();
  const wide = useWide();
  const cache = useQueryClient();
  const { message } = App.useApp();
  const may = useMay("playbooks:write");
  const communities = useQuery(communitiesQuery);
  const community = search.community ?? communities.data?.items.find((c) => c.status === "active")?.id ?? communities.data?.items[0]?.id;
  const monday = search.monday ?? mondayOf(search.day ?? format.today);
  const day = search.day ?? (mondayOf(format.today) === monday ? format.today : monday);
  const week = useQuery({ ...weekQuery(community ?? "", monday), enabled: Boolean(community), placeholderData: keepPreviousData });

  const settle = async (chip: Chip, slot: Slot): Promise<Verdict> => {
    try {
      const verdict = await movePost(chip.id, slot, false);
      await cache.invalidateQueries({ queryKey: ["week"] });
      if (verdict.ok && verdict.warnings[0]) void message.warning(verdict.warnings[0]);
      return verdict;
    } catch (error) {
      return { ok: false, sentence: sentence(error, t as never) };
    }
  };
  const check = (chip: Chip, slot: Slot) => movePost(chip.id, slot, true).catch((error): Verdict => ({ ok: false, sentence: sentence(error, t as never) }));
  const open = (chip: Chip) => go({ post: chip.id });
  const add = (slot: Slot) => go({ add: `${slot.day}.${slot.minute}` });
  const chips = (week.data?.days ?? []).flatMap((d) => d.posts).map(toChip).map((c) => (may ? c : { ...c, movable: false }));
  const shift = (n: number) => go({ monday: plusDays(monday, 7 * n), day: plusDays(day, 7 * n) });

  return (
    <Page
      wide title={t("playbooks:title")}
      lead={wide ? t("playbooks:lead") : undefined}
      actions={
        <>
          <Select
            aria-label={t("playbooks:community")} style={{ minWidth: 200 }} value={community ?? null} loading={communities.isPending} showSearch optionFilterProp="label"
            options={(communities.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }))} onChange={(id: string) => go({ community: id })}
          />
          <span className="row" style={{ gap: 4, flexWrap: "nowrap" }}>
            <Button icon={<LeftOutlined />} aria-label={t("playbooks:week.previous")} onClick={() => shift(-1)} />
            <Button onClick={() => go({ monday: mondayOf(format.today), day: format.today })}>{t("playbooks:week.this")}</Button>
            <Button icon={<RightOutlined />} aria-label={t("playbooks:week.next")} onClick={() => shift(1)} />
          </span>
          {may && community ? (
            <>
              <Button onClick={() => go({ copy: "week" })}>{t("playbooks:copy_week")}</Button>
              <Button type={chips.length === 0 ? "primary" : "default"} onClick={() => go({ plan: true })}>{t("playbooks:plan")}</Button>
            </>
          ) : null}
        </>
      }
    >
      <Failure error={communities.error ?? week.error} retry={() => void week.refetch()} />
      {communities.data && !community ? (
        <Empty title={t("playbooks:no_community")} action={<Link to="/communities">{t("playbooks:to_communities")}</Link>}>{t("playbooks:no_community_why")}</Empty>
      ) : null}
      {community && week.isPending ? <Waiting rows={10} height={48} /> : null}
      {week.data ? (
        <>
          <MixBar mix={mixOf(week.data)} bounds={{ low: week.data.mix.bounds.min / 100, high: week.data.mix.bounds.max / 100 }} />
          {wide ? (
            <WeekGrid
              monday={monday} chips={chips} ghosts={[]} loads={loadsOf(week.data)} bands={bandsOf(week.data)}
              check={check} move={settle} onOpen={open} onAdd={add} {...(may ? { onCopyDay: (d: number) => go({ copy: String(d) }) } : {})}
            />
          ) : (
            <DayPages monday={monday} day={day} chips={chips} loads={loadsOf(week.data)} onDay={(d) => go({ day: d, monday })} onOpen={open} onAdd={add} {...(may ? { onCopyDay: (d: number) => go({ copy: String(d) }) } : {})} />
          )}
        </>
      ) : null}
      {search.post ? <PostDrawer key={search.post} id={search.post} slot={null} community={community ?? ""} onClose={() => go({})} /> : null}
      {search.add && community ? <PostDrawer key={search.add} id={null} slot={slotOf(search.add)} community={community} onClose={() => go({})} /> : null}
      {search.copy && community ? <CopyPosts community={community} monday={monday} what={search.copy === "week" ? "week" : Number(search.copy)} onClose={() => go({})} /> : null}
      {search.plan && community ? <PlanDrawer community={community} onClose={() => go({})} /> : null}
    </Page>
  );
}

const slotOf = (text: string): Slot => {
  const [day = 0, minute = 720] = text.split(".").map(Number);
  return { day, minute };
};
