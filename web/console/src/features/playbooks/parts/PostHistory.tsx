// What became of a post in each group, and who changed it.
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { StateMark } from "@/shared/StateMark";
import type { PostDetail } from "@/shared/types";
import { useWords } from "@/shared/words";

export function PostHistory({ post }: { post: PostDetail }) {
  const { t } = useTranslation("playbooks");
  const words = useWords();
  const { dayAndClock, clock } = useFormat();
  return (
    <>
      {post.deliveries.length > 0 ? (
        <div>
          <h2>{t("deliveries")}</h2>
          <ul className="stack">
            {post.deliveries.map((d) => (
              <li key={d.group_id} className="row">
                <Link to="/groups/$id" params={{ id: d.group_id }}>{d.group_name}</Link>
                <StateMark state={d.state} />
                <span className="soft">
                  {d.staff_name}
                  {d.state === "sent" && d.at > 0 ? ` · ${clock(d.at)}` : ""}
                  {d.reason ? ` · ${words("metrics", "reasons", d.reason)}` : ""}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {post.changes.length > 0 ? (
        <div>
          <h2>{t("changes")}</h2>
          <ul>
            {post.changes.map((c) => (
              <li key={c.id} className="soft">
                {dayAndClock(c.at)} {c.actor} {words("playbooks", "change", c.what)}
                {c.reason ? ` · ${c.reason}` : ""}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}
