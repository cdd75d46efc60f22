// Language and looks of this browser.
import { Radio } from "antd";
import { useContext } from "react";
import { useTranslation } from "react-i18next";
import { Page, Section } from "@/shared/Page";
import { SchemeContext, type SchemeChoice } from "@/shared/scheme";
import { useMe } from "@/shared/session";
import { speak } from "./i18n";

const names = { "zh-CN": "简体中文", en: "English", es: "Español" };

export function Language() {
  const { t, i18n } = useTranslation("app");
  const { choice, choose } = useContext(SchemeContext);
  const me = useMe();
  return (
    <Page title={t("language.title")} lead={t("language.zone", { zone: me.tenant.zone })}>
      <Section title={t("language.words")}>
        <Radio.Group value={i18n.language} onChange={(e) => void speak(String(e.target.value))} aria-label={t("language.words")}>
          {Object.entries(names).map(([code, name]) => (
            <Radio key={code} value={code}>
              <span lang={code}>{name}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Section>
      <Section title={t("language.looks")}>
        <Radio.Group value={choice} onChange={(e) => choose(e.target.value as SchemeChoice)} aria-label={t("language.looks")}>
          {(["system", "light", "dark"] as const).map((scheme) => (
            <Radio key={scheme} value={scheme}>
              {t(`language.${scheme}`)}
            </Radio>
          ))}
        </Radio.Group>
      </Section>
    </Page>
  );
}
