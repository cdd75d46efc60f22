// The same wording as text: typed or pasted, read by the server, and told where it can't be read.
import { Button, Input } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { sentence } from "@/shared/Failure";
import type { Builder } from "./useBuilder";

/** An index of the text from a place counted in bytes. */
export function indexAt(text: string, bytes: number): number {
  let [at, seen] = [0, 0];
  for (const char of text) {
    if (seen >= bytes) break;
    const code = char.codePointAt(0) ?? 0;
    seen += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += char.length;
  }
  return at;
}

export function TextSide({ builder }: { builder: Builder }) {
  const { t } = useTranslation(["segments", "common"]);
  const box = useRef<HTMLTextAreaElement | null>(null);
  const shown = builder.text ?? builder.printed;
  const refused = builder.text !== null && builder.error !== null;
  const place = builder.place;
  const go = () => {
    if (!box.current || place?.offset === null || place?.offset === undefined) return;
    const from = indexAt(shown, place.offset);
    box.current.focus();
    box.current.setSelectionRange(from, Math.max(from + 1, indexAt(shown, place.offset + (place.length ?? 1))));
  };
  return (
    <div className="stack">
      <Input.TextArea
        aria-label={t("segments:text")} autoSize={{ minRows: 6, maxRows: 24 }} className="seg-text" spellCheck={false} value={shown} status={refused ? "error" : ""} placeholder={t("segments:text_example")}
        ref={(el) => { box.current = el?.resizableTextArea?.textArea ?? null; }} onChange={(e) => builder.type(e.target.value)}
      />
      {refused ? (
        <div className="row">
          <span className="bad grow" role="alert">{sentence(builder.error, t as never)}</span>
          {place?.line ? <Button size="small" onClick={go}>{t("segments:text_go", { line: place.line, column: place.column ?? 1 })}</Button> : null}
        </div>
      ) : <p className="soft">{builder.left.length > 0 ? t("segments:text_left") : t("segments:text_hint")}</p>}
    </div>
  );
}
