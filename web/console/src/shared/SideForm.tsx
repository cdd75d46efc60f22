// A form in a drawer. Closing it by mistake costs nothing while the server refuses: what was typed stays.
import { Button, Drawer } from "antd";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "./Failure";

type Props = {
  open: boolean; title: string; submit?: string; busy: boolean; error: unknown; wide?: boolean; blocked?: boolean; extra?: ReactNode; children: ReactNode;
  onSubmit: () => void; onClose: () => void;
};

export function SideForm({ open, title, submit, busy, error, wide, blocked, extra, children, onSubmit, onClose }: Props) {
  const { t } = useTranslation("common");
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Drawer open={open} title={title} onClose={onClose} size={wide ? "min(920px, 100vw)" : "min(480px, 100vw)"} destroyOnHidden>
      <form className="form" onSubmit={send}>
        {children}
        <Failure error={error} />
        <div className="form-end">
          {extra}
          <span className="grow" />
          <Button onClick={onClose}>{t("act.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={busy} disabled={blocked ?? false}>
            {submit ?? t("act.save")}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
