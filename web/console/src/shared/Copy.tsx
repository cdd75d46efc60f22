// A text to be copied elsewhere with one tap.
import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export function Copy({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation("common");
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <span className="row">
      <code className="grow">{text}</code>
      <Button size="small" icon={copied ? <CheckOutlined /> : <CopyOutlined />} aria-label={`${t("act.copy")} ${label ?? text}`} onClick={() => void copy()}>
        {copied ? t("act.copied") : t("act.copy")}
      </Button>
    </span>
  );
}
