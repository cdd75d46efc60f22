// Search from anywhere (Ctrl/⌘ K): groups, people, codes, posts, tags, pages.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, Modal } from "antd";
import { type KeyboardEvent, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useMe } from "@/shared/session";
import { useWords } from "@/shared/words";
import { find, findPages, type Hit, ranked } from "./search";

export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["app", "common"]);
  const words = useWords();
  const navigate = useNavigate();
  const { permissions } = useMe();
  const [typed, setTyped] = useState("");
  const [on, setOn] = useState(0);
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["search", search],
    queryFn: () => find(search, (permission) => permissions.includes(permission)),
    enabled: search !== "",
    placeholderData: keepPreviousData,
  });
  const pages = findPages(search, { title: (key) => words("app", ...(key.split(".") as [string, string])), also: (word) => words("app", "search.also", word) });
  const hits = search === "" ? [] : ranked([...(found.data ?? []), ...pages], search);

  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    void navigate({ href: hit.to });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") return go(hits[on]);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || hits.length === 0) return;
    event.preventDefault();
    setOn((on + step + hits.length) % hits.length);
  };

  return (
    <Modal open onCancel={onClose} footer={null} closable={false} style={{ top: 72 }} title={<span className="sr-only">{t("app:search.short")}</span>}>
      <div className="palette">
        <Input
          autoFocus size="large" value={typed} placeholder={t("app:search.open")} aria-label={t("app:search.open")} role="combobox"
          aria-expanded={hits.length > 0} aria-controls="palette-hits" aria-activedescendant={hits[on] ? `hit-${on}` : undefined} onKeyDown={onKey}
          onChange={(e) => {
            setTyped(e.target.value);
            setOn(0);
          }}
        />
        <Failure error={found.error} />
        <div id="palette-hits" role="listbox" aria-label={t("app:search.short")}>
          {hits.map((hit, i) => (
            <div key={`${hit.kind}${hit.id}`} id={`hit-${i}`} role="option" aria-selected={i === on} className={i === on ? "palette-hit on" : "palette-hit"} onClick={() => go(hit)} onMouseEnter={() => setOn(i)}>
              <span className="palette-kind">{words("app", "search.kind", hit.kind)}</span>
              <span className="grow clip">{hit.title}</span>
              {hit.note ? <span className="soft clip">{hit.note}</span> : null}
            </div>
          ))}
        </div>
        {search === "" ? <p className="soft">{t("app:search.hint")}</p> : null}
        {search !== "" && found.data && hits.length === 0 ? <p className="soft">{t("common:search.nothing", { search })}</p> : null}
      </div>
    </Modal>
  );
}
