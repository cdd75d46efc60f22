// The editor of a post: what, when, how it leaves, with a preview as it will look in the chat.
import { clockOfMinute, instantOf } from "@huoqun/ui";
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { ChatPreview } from "@/shared/ChatPreview";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import { StateMark } from "@/shared/StateMark";
import type { Checked, Post } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { postQuery } from "../queries";
import { SlotFields } from "./SlotFields";
import type { Slot } from "./week";

const kinds = ["activity", "content", "popularity", "service"] as const;
const ways = ["broadcast", "owner_task"] as const;

type Props = { id: string | null; slot: Slot | null; community: string; onClose: () => void };

export function PostDrawer({ id, slot, community, onClose }: Props) {
  const query = useQuery({ ...postQuery(id ?? ""), enabled: id !== null });
  if (id === null) return <PostForm post={null} slot={slot} community={community} onClose={onClose} />;
  if (query.data) return <PostForm post={query.data} slot={null} community={query.data.community_id} onClose={onClose} />;
  return (
    <Drawer open onClose={onClose} size="min(920px, 100vw)">
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
    </Drawer>
  );
}

function PostForm({ post, slot, community, onClose }: { post: Post | null; slot: Slot | null; community: string; onClose: () => void }) {
  const { t } = useTranslation(["playbooks", "common"]);
  const format = useFormat();
  const { message, modal } = App.useApp();
  const may = useMay("playbooks:write") && (post === null || post.movable);
  const [title, setTitle] = useState(post?.title ?? "");
  const [text, setText] = useState(post?.text ?? "");
  const [kind, setKind] = useState(post?.value_kind ?? "activity");
  const [way, setWay] = useState(post?.way ?? "owner_task");
  const [url, setUrl] = useState(post?.link_url ?? "");
  const [linkTitle, setLinkTitle] = useState(post?.link_title ?? "");
  const [at, setAt] = useState<Slot>(post ? { day: post.day, minute: post.minute } : (slot ?? { day: format.today, minute: 720 }));
  const renew = { renew: [["week"], ["today"], ["post", post?.id]] };
  const save = useAct(
    (): Promise<Checked> => {
      const body = {
        title: title.trim(), text, value_kind: kind, way, due_at: instantOf(at.day, at.minute, format.zone), link_url: url.trim() || null, link_title: linkTitle.trim() || null,
      };
      return post
        ? call(api.PATCH("/api/v1/playbooks/posts/{id}", { params: { path: { id: post.id } }, body }))
        : call(api.POST("/api/v1/playbooks/posts", { body: { ...body, community_id: community } }));
    },
    {
      ...renew,
      then: (checked) => {
        if (checked.warnings[0]) void message.warning(checked.warnings.join(" "));
        onClose();
      },
    },
  );
  const skip = useAct((reason: string) => call(api.POST("/api/v1/playbooks/posts/{id}/skip", { params: { path: { id: post?.id ?? "" } }, body: { reason } })), { ...renew, then: onClose });
  const approve = useAct(() => call(api.POST("/api/v1/playbooks/posts/{id}/approve", { params: { path: { id: post?.id ?? "" } } })), { ...renew, then: onClose });
  const askSkip = () => {
    let reason = "";
    modal.confirm({
      title: t("playbooks:skip_title"), okText: t("playbooks:skip"),
      content: <Input aria-label={t("playbooks:skip_why")} placeholder={t("playbooks:skip_why")} onChange={(e) => (reason = e.target.value)} />,
      onOk: () => skip.mutateAsync(reason),
    });
  };

  return (
    <SideForm
      open wide title={post ? t("playbooks:post") : t("playbooks:add")} busy={save.isPending} error={save.error ?? skip.error ?? approve.error} blocked={!may || title.trim() === "" || text.trim() === ""}
      onSubmit={() => save.mutate()} onClose={onClose}
      extra={post && may ? (
        <>
          <Button onClick={askSkip} loading={skip.isPending}>{t("playbooks:skip")}</Button>
          {post.state === "planned" ? <Button onClick={() => approve.mutate()} loading={approve.isPending}>{t("playbooks:approve")}</Button> : null}
        </>
      ) : null}
    >
      {post ? <div className="row"><StateMark state={post.state} /><span className="soft">{t("playbooks:in_groups", { count: post.groups })}</span></div> : null}
      <div className="columns">
        <fieldset className="form plain" disabled={!may}>
          <Field label={t("playbooks:field.title")}>{(id) => <Input id={id} value={title} maxLength={40} onChange={(e) => setTitle(e.target.value)} />}</Field>
          <SlotFields slot={at} onChange={setAt} />
          <Field label={t("playbooks:field.kind")}>{(id) => <Select id={id} value={kind} onChange={setKind} options={kinds.map((k) => ({ value: k, label: t(`common:kind.${k}`) }))} />}</Field>
          <Field label={t("playbooks:field.way")} hint={<>{t(way === "broadcast" ? "playbooks:way_hint.broadcast" : "playbooks:way_hint.owner_task")} <AbilityWord ability="needs_tap" /></>}>
            {() => <Segmented block value={way} onChange={setWay} disabled={!may} options={ways.map((w) => ({ value: w, label: t(`common:way.${w}`) }))} aria-label={t("playbooks:field.way")} />}
          </Field>
          <Field label={t("playbooks:field.text")}>{(id) => <Input.TextArea id={id} value={text} maxLength={4000} autoSize={{ minRows: 5, maxRows: 14 }} onChange={(e) => setText(e.target.value)} />}</Field>
          <Field label={t("playbooks:field.link")} optional hint={t("playbooks:link_hint")}>{(id) => <Input id={id} type="url" value={url} placeholder="https://" onChange={(e) => setUrl(e.target.value)} />}</Field>
          {url.trim() ? <Field label={t("playbooks:field.link_title")}>{(id) => <Input id={id} value={linkTitle} maxLength={60} onChange={(e) => setLinkTitle(e.target.value)} />}</Field> : null}
        </fieldset>
        <ChatPreview room={t("playbooks:preview_room")} sender={t("playbooks:preview_owner")} text={text} at={`${format.weekday(at.day)} ${clockOfMinute(at.minute)}`} link={url.trim() ? { title: linkTitle.trim() || title.trim() || url } : null} />
      </div>
    </SideForm>
  );
}
