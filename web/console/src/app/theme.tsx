// Light and dark from the same tokens: CSS variables for our own parts, the antd theme for its.
import { fontFamily, tokens, type Scheme } from "@huoqun/ui";
import { App as AntApp, ConfigProvider, theme as antTheme } from "antd";
import en from "antd/locale/en_US";
import es from "antd/locale/es_ES";
import zh from "antd/locale/zh_CN";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { SchemeContext, type SchemeChoice } from "@/shared/scheme";

const STORED = "huoqun.scheme";
const media = () => window.matchMedia("(prefers-color-scheme: dark)");

export function Theme({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<SchemeChoice>(() => {
    const asked = new URLSearchParams(location.search).get("scheme") ?? localStorage.getItem(STORED);
    return asked === "light" || asked === "dark" ? asked : "system";
  });
  const [systemDark, setSystemDark] = useState(() => media().matches);
  const { i18n } = useTranslation();

  useEffect(() => {
    const list = media();
    const follow = () => setSystemDark(list.matches);
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, []);

  const scheme: Scheme = choice === "system" ? (systemDark ? "dark" : "light") : choice;
  useEffect(() => {
    document.documentElement.dataset.scheme = scheme;
  }, [scheme]);

  const value = useMemo(
    () => ({
      choice,
      choose: (next: SchemeChoice) => {
        localStorage.setItem(STORED, next);
        setChoice(next);
      },
    }),
    [choice],
  );
  const t = tokens[scheme];
  return (
    <SchemeContext value={value}>
      <ConfigProvider
        button={{ autoInsertSpace: false }}
        locale={i18n.language === "en" ? en : i18n.language === "es" ? es : zh}
        theme={{
          algorithm: scheme === "dark" ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
          token: {
            fontFamily, fontSize: 14, borderRadius: 6, colorPrimary: t.accent, colorLink: t.accent, colorText: t.text, colorTextSecondary: t.textSoft, colorTextPlaceholder: t.textFaint,
            colorBgBase: t.surface, colorBgContainer: t.surface, colorBgElevated: t.raised, colorBgLayout: t.ground,
            colorBorder: t.lineStrong, colorBorderSecondary: t.line, colorError: t.bad, colorSuccess: t.good, colorWarning: t.wait,
            colorTextLightSolid: t.onAccent, motionDurationMid: "0.12s", motionDurationSlow: "0.18s",
          },
          components: { Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" } },
        }}
      >
        <AntApp component={false}>{children}</AntApp>
      </ConfigProvider>
    </SchemeContext>
  );
}
