// The editor of a post: what, when, how it leaves, with a preview as it will look in the chat.
import { api, call } from "@huoqun/api";
import { clockOfMinute } from "@huoqun/ui";
import { App, Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { ChatPreview } from "@/shared/ChatPreview";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import { StateMark } from "@/shared/StateMark";
import type { Checked, PostDetail } from "@/shared/types";
import { isOpen, verdictOfError } from "../queries";
import { PostHistory } from "./PostHistory";
import { SlotFields } from "./SlotFields";
import type { Slot } from "./week";

const kinds = ["activity", "content", "popularity", "service"] as const;
const ways = ["broadcast", "owner_task"] as const;
type Kind = (typeof kinds)[number];
type Way = (typeof ways)[number];
type Props = { post: PostDetail | null; slot: Slot | null; community: string; onClose: () => void };

export function PostForm({ post, slot, community, onClose }: Props) {
  const { t } = useTranslation(["playbooks", "common"]);
  const format = useFormat();
  const { message } = App.useApp();
  const may = useMay("playbooks:write") && (post === null || isOpen(post));
  const [title, setTitle] = useState(post?.title ?? "");
  const [text, setText] = useState(post?.body ?? "");
  const [kind, setKind] = useState<Kind>((post?.kind as Kind | undefined) ?? "activity");
  const [way, setWay] = useState<Way>((post?.way as Way | undefined) ?? "owner_task");
  const [url, setUrl] = useState(post?.link_target ?? "");
  const [at, setAt] = useState<Slot>(post ?? slot ?? { day: format.today, minute: 720 });
  const save = useAct(
    (): Promise<Checked> => {
      const body = { day: at.day, minute: at.minute, title: title.trim(), body: text, kind, way, link_target: url.trim() };
      return post
        ? call(api.PATCH("/api/v1/playbooks/posts/{id}", { params: { path: { id: post.id } }, body }))
        : call(api.POST("/api/v1/playbooks/posts", { body: { ...body, community_id: community, approve: true } }));
    },
    {
      renew: [["week"], ["today"], ["post"]],
      then: ({ check }) => {
        if (check.warnings.length > 0) void message.warning(check.warnings.map((w) => w.message).join(" "));
        onClose();
      },
    },
  );
  const nearest = nearestOf(save.error);

  return (
    <SideForm
      open wide title={post ? t("playbooks:post") : t("playbooks:add")} busy={save.isPending} error={save.error} blocked={!may || title.trim() === "" || text.trim() === ""}
      onSubmit={() => save.mutate()} onClose={onClose} extra={post ? <PostActs post={post} onClose={onClose} /> : null}
    >
      {post ? (
        <div className="row">
          <StateMark state={post.state} />
          {post.groups_total > 0 ? <span className="soft">{t("playbooks:sent_of", { sent: post.groups_sent, all: post.groups_total })}</span> : null}
          {post.reason ? <span className="soft">{post.reason}</span> : null}
        </div>
      ) : null}
      <div className="columns">
        <fieldset className="form plain" disabled={!may}>
          <Field label={t("playbooks:field.title")}>{(id) => <Input id={id} value={title} maxLength={60} onChange={(e) => setTitle(e.target.value)} />}</Field>
          <SlotFields slot={at} onChange={setAt} />
          {nearest ? (
            <Button onClick={() => setAt(nearest)}>{t("playbooks:take_nearest", { day: format.weekday(nearest.day), time: clockOfMinute(nearest.minute) })}</Button>
          ) : null}
          <Field label={t("playbooks:field.kind")}>{(id) => <Select id={id} disabled={!may} value={kind} onChange={setKind} options={kinds.map((k) => ({ value: k, label: t(`common:kind.${k}`) }))} />}</Field>
          <Field label={t("playbooks:field.way")} hint={<>{t(`playbooks:way_hint.${way}`)} <AbilityWord ability="needs_tap" /></>}>
            {() => <Segmented<Way> block value={way} onChange={setWay} disabled={!may} options={ways.map((w) => ({ value: w, label: t(`common:way.${w}`) }))} aria-label={t("playbooks:field.way")} />}
          </Field>
          <Field label={t("playbooks:field.text")}>{(id) => <Input.TextArea id={id} value={text} maxLength={1200} autoSize={{ minRows: 5, maxRows: 14 }} onChange={(e) => setText(e.target.value)} />}</Field>
          <Field label={t("playbooks:field.link")} optional hint={t("playbooks:link_hint")}>{(id) => <Input id={id} type="url" value={url} placeholder="https://" onChange={(e) => setUrl(e.target.value)} />}</Field>
        </fieldset>
        <div className="stack-16">
          <ChatPreview room={t("playbooks:preview_room")} sender={t("playbooks:preview_owner")} text={url.trim() && text ? `${text}\n${t("playbooks:preview_link")}` : text} at={`${format.weekday(at.day)} ${clockOfMinute(at.minute)}`} />
          {post ? <PostHistory post={post} /> : null}
        </div>
      </div>
    </SideForm>
  );
}

function nearestOf(error: unknown): Slot | undefined {
  try {
    const verdict = error ? verdictOfError(error) : null;
    return verdict && !verdict.ok ? verdict.nearest : undefined;
  } catch {
    return undefined;
  }
}

/** Skip, approve and undo, each where it makes sense. */
function PostActs({ post, onClose }: { post: PostDetail; onClose: () => void }) {
  const { t } = useTranslation("playbooks");
  const { modal } = App.useApp();
  const may = useMay("playbooks:write");
  const path = { params: { path: { id: post.id } } };
  const options = { renew: [["week"], ["today"], ["post"]], tellErrors: true, then: onClose };
  const skip = useAct((reason: string) => call(api.POST("/api/v1/playbooks/posts/{id}/skip", { ...path, body: { reason } })), options);
  const approve = useAct(() => call(api.POST("/api/v1/playbooks/posts/{id}/approve", path)), options);
  const undo = useAct(() => call(api.POST("/api/v1/playbooks/posts/{id}/undo", path)), options);
  if (!may) return null;
  const askSkip = () => {
    let reason = "";
    modal.confirm({
      title: t("skip_title"), okText: t("skip"), onOk: () => skip.mutateAsync(reason),
      content: <Input aria-label={t("skip_why")} placeholder={t("skip_why")} maxLength={200} onChange={(e) => (reason = e.target.value)} />,
    });
  };
  return (
    <>
      {isOpen(post) ? <Button onClick={askSkip} loading={skip.isPending}>{t("skip")}</Button> : null}
      {post.can_undo ? <Button onClick={() => undo.mutate()} loading={undo.isPending}>{t("undo")}</Button> : null}
      {post.state === "planned" ? <Button onClick={() => approve.mutate()} loading={approve.isPending}>{t("approve")}</Button> : null}
    </>
  );
}
