// A refused drop in one sentence, with the nearest slot that holds.
import { clockOfMinute } from "@huoqun/ui";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import type { Refused } from "./useMove";
import type { Slot } from "./week";

export function RefusedDrop({ refused, onTake, onClose }: { refused: Refused; onTake: (slot: Slot) => void; onClose: () => void }) {
  const { t } = useTranslation(["playbooks", "common"]);
  const format = useFormat();
  const { nearest } = refused;
  return (
    <div className="failure" role="alert">
      <span>{refused.sentence}</span>
      {nearest ? (
        <Button size="small" type="primary" onClick={() => onTake(nearest)}>
          {t("playbooks:take_nearest", { day: format.weekday(nearest.day), time: clockOfMinute(nearest.minute) })}
        </Button>
      ) : null}
      <Button size="small" onClick={onClose}>
        {t("common:act.close")}
      </Button>
    </div>
  );
}
