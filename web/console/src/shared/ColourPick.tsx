// One colour of the palette, or none. Told by name, not by colour alone.
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { colours } from "./palette";
import { TagChip } from "./TagChip";

export function ColourPick({ label, none, value, onChange }: { label: string; none: string; value: string; onChange: (colour: string) => void }) {
  const { t } = useTranslation("common");
  const group = useId();
  return (
    <fieldset className="plain field">
      <legend className="label">{label}</legend>
      <div className="swatches">
        {["", ...colours].map((colour) => (
          <label key={colour}>
            <input type="radio" name={group} value={colour} checked={value === colour} onChange={() => onChange(colour)} />
            <TagChip name={colour ? t(`colours.${colour as "red"}`) : none} colour={colour} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
