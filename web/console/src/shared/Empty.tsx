// An empty place teaches the next step with one button.
import type { ReactNode } from "react";

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children ? <p className="soft">{children}</p> : null}
      {action}
    </div>
  );
}
