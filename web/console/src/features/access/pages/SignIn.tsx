// Sign-in by one-time link or by login and password.
import { api, call } from "@huoqun/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import type { SignInBody } from "@/shared/types";

type Props = { code?: string | undefined; onDone: () => void };

export function SignIn({ code, onDone }: Props) {
  const { t } = useTranslation("access");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const cache = useQueryClient();
  const enter = useMutation({
    mutationFn: (body: SignInBody) => call(api.POST("/api/v1/session", { body })),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["session"] });
      onDone();
    },
  });
  const { mutate } = enter;

  // A one-time code may be spent once only: the guard keeps a re-run effect from spending it twice.
  const spent = useRef<string>(undefined);
  useEffect(() => {
    if (!code || spent.current === code) return;
    spent.current = code;
    mutate({ code });
  }, [code, mutate]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const whole = login.trim() !== "" && password !== "";
    setMissing(!whole);
    if (whole) mutate({ login: login.trim(), password });
  };
  const byCode = Boolean(enter.variables?.code);

  return (
    <main className="gate">
      <form className="gate-card" onSubmit={submit} aria-labelledby="sign-in-title">
        <div className="row">
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} width={28} height={28} alt="" />
          <h1 id="sign-in-title">{t("sign_in.title")}</h1>
        </div>
        {enter.isPending && byCode ? <p role="status">{t("sign_in.code_pending")}</p> : null}
        {enter.error ? byCode ? <p className="note">{t("sign_in.code_failed")}</p> : <Failure error={enter.error} /> : null}
        <div className="field">
          <label htmlFor="login">{t("sign_in.login")}</label>
          <Input id="login" size="large" autoComplete="username" value={login} onChange={(e) => setLogin(e.target.value)} />
        </div>
        <div className="field">
          <label htmlFor="password">{t("sign_in.password")}</label>
          <Input.Password id="password" size="large" autoComplete="current-password" value={password} onChange={(e) => setPassword(e.target.value)} />
        </div>
        {missing ? <p className="bad" role="alert">{t("sign_in.need_both")}</p> : null}
        <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
          {t("sign_in.submit")}
        </Button>
      </form>
    </main>
  );
}
