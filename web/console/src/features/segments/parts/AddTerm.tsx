// Adds a condition or a group: everything the server can be asked, found by its name or its pinyin initials.
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "@/shared/words";
import { type Term, type TermKind, terms } from "../model/terms";
import { type GroupKind, groupKinds } from "../model/tree";
import { vocabulary } from "../queries";
import { useTermWords } from "./say";

const KINDS: TermKind[] = ["belongs", "happened", "money", "known", "allowed"];

type Props = { /** Tells apart several of these on a page. */ within: string; onTerm: (term: Term) => void; onGroup: (kind: GroupKind) => void };

export function AddTerm({ within, onTerm, onGroup }: Props) {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const also = useWords();
  const offer = useQuery(vocabulary);
  const all = useMemo(() => (offer.data ? terms(offer.data) : []), [offer.data]);
  const options = KINDS.map((kind) => ({
    label: t(`term_kinds.${kind}`),
    options: all.filter((x) => x.kind === kind).map((x) => ({ value: x.id, label: x.recorded ? words.term(x.id) : t("term_empty", { term: words.term(x.id) }), search: `${words.term(x.id)} ${also("segments", "also", x.id.replaceAll(".", "_").replaceAll(":", "_"))} ${x.id}`.toLowerCase() })),
  })).filter((g) => g.options.length > 0);
  return (
    <div className="seg-add">
      <Select<string | null>
        value={null} placeholder={t("add_line")} aria-label={t("add_line_in", { group: within })} loading={offer.isPending} className="seg-add-pick" listHeight={320}
        showSearch filterOption={(input, option) => ((option as { search?: string } | undefined)?.search ?? "").includes(input.toLowerCase())} options={options}
        onChange={(id) => {
          const term = all.find((x) => x.id === id);
          if (term) onTerm(term);
        }}
      />
      {groupKinds.map((kind) => (
        <Button key={kind} size="small" aria-label={t("add_group_in", { add: t(`add_group.${kind}`), group: within })} onClick={() => onGroup(kind)}>
          {t(`add_group.${kind}`)}
        </Button>
      ))}
    </div>
  );
}
