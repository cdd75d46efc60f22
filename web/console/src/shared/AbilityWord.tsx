// What the platform allows, said where the action is, with the reason.
import { Popover } from "antd";
import { useTranslation } from "react-i18next";

export type Ability = "auto" | "needs_tap" | "client_only" | "console_only" | "impossible";
const tones: Record<Ability, string> = { auto: "good", needs_tap: "wait", client_only: "content", console_only: "content", impossible: "text-faint" };

export function AbilityWord({ ability, reason }: { ability: Ability; reason?: string }) {
  const { t } = useTranslation("common");
  return (
    <Popover trigger={["click", "focus"]} content={<div className="popover-text">{reason ?? t(`ability_reason.${ability}`)}</div>}>
      <button type="button" className="ability" style={{ color: `var(--${tones[ability]})` }}>
        {t(`ability.${ability}`)}
      </button>
    </Popover>
  );
}
