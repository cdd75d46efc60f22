// The frame around every signed-in page: places at the side (laptop) or at the bottom (phone), search, account.
import { LogoutOutlined, MenuOutlined, SearchOutlined, UserOutlined } from "@ant-design/icons";
import { api, call } from "@huoqun/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Button, Drawer, Popover } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/shared/session";
import { type Place, placeOf, places, subOf } from "./places";

const Palette = lazy(() => import("./Palette"));

export function Shell() {
  const { t } = useTranslation("app");
  const me = useMe();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const [searching, setSearching] = useState(false);
  const [menu, setMenu] = useState(false);
  const place = placeOf(path);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setSearching(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => setMenu(false), [path]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <header className="shell-top">
        <Link to="/today" className="shell-brand">
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} width={24} height={24} alt="" />
          <span>{t("brand")}</span>
          {me.demo ? <span className="demo-badge">{t("demo")}</span> : null}
        </Link>
        <span className="shell-tenant clip">{me.tenant.name}</span>
        {me.simulator_url ? (
          <a className="shell-town" href={me.simulator_url} target="_blank" rel="noreferrer">
            {t("simulator")}
          </a>
        ) : null}
        <button type="button" className="shell-search" onClick={() => setSearching(true)} aria-label={`${t("search.short")} Ctrl K`}>
          <SearchOutlined />
          <span className="words">{t("search.short")}</span>{" "}
          <kbd>Ctrl K</kbd>
        </button>
        <Popover trigger="click" placement="bottomRight" content={<Account />}>
          <button type="button" className="top-button account" aria-label={t("account")}>
            <UserOutlined />
          </button>
        </Popover>
        <button type="button" className="top-button menu" aria-label={t("menu")} onClick={() => setMenu(true)}>
          <MenuOutlined />
        </button>
      </header>
      <nav className="shell-side" aria-label={t("menu")}>
        <Places path={path} {...(place ? { open: place } : {})} />
      </nav>
      <main className="shell-main" id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <nav className="shell-bottom" aria-label={t("menu")}>
        {places.slice(0, 4).map((p) => (
          <Link key={p.word} to={p.to} className={place === p ? "active" : ""} aria-current={place === p ? "page" : undefined}>
            {p.icon}
            <span>{t(`place.${p.word}`)}</span>
          </Link>
        ))}
      </nav>
      <Drawer open={menu} onClose={() => setMenu(false)} size={300} title={me.tenant.name} styles={{ body: { padding: 12 } }}>
        <Places path={path} all />
        <Account />
      </Drawer>
      {searching ? (
        <Suspense>
          <Palette onClose={() => setSearching(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Places({ path, open, all }: { path: string; open?: Place; all?: boolean }) {
  const { t } = useTranslation("app");
  return places.map((place) => {
    const here = placeOf(path) === place;
    const sub = subOf(place, path);
    return (
      <div key={place.word}>
        <Link to={place.to} className={here ? "nav-place active" : "nav-place"} aria-current={here && path === place.to ? "page" : undefined}>
          {place.icon}
          {t(`place.${place.word}`)}
        </Link>
        {all || open === place ? place.shelves.map((shelf) => (
          <div key={shelf.subs[0]?.to} className="nav-sub" {...(shelf.head ? { role: "group", "aria-label": t(`head.${shelf.head}`) } : {})}>
            {shelf.head ? (
              <div className="nav-head" aria-hidden>
                {t(`head.${shelf.head}`)}
              </div>
            ) : null}
            {shelf.subs.map((s) => (
              <Link key={s.to} to={s.to} activeProps={{ className: "" }} className={s.to === sub ? "active" : ""}>
                {t(`sub.${s.word}`)}
              </Link>
            ))}
          </div>
        )) : null}
      </div>
    );
  });
}

function Account() {
  const { t } = useTranslation("app");
  const me = useMe();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: () => call(api.DELETE("/api/v1/session")),
    onSettled: () => {
      cache.clear();
      void navigate({ to: "/sign-in", search: {} });
    },
  });
  return (
    <div className="stack" style={{ minWidth: 180, padding: 4 }}>
      <div>
        <strong>{me.operator.name}</strong>
        <div className="soft">{me.operator.role}</div>
      </div>
      <Link to="/settings/language">{t("sub.language")}</Link>
      <Button icon={<LogoutOutlined />} onClick={() => leave.mutate()} loading={leave.isPending}>
        {t("sign_out")}
      </Button>
    </div>
  );
}
