// The head of a page and its body; one h1, the actions beside it.
import type { ReactNode } from "react";

type Props = { title: ReactNode; lead?: ReactNode; actions?: ReactNode; back?: ReactNode; children: ReactNode; wide?: boolean };

export function Page({ title, lead, actions, back, children, wide }: Props) {
  return (
    <div className={wide ? "page page-wide" : "page"}>
      <header className="page-head">
        <div>
          {back ? <div className="page-back">{back}</div> : null}
          <h1>{title}</h1>
          {lead ? <div className="page-lead">{lead}</div> : null}
        </div>
        {actions ? <div className="page-actions">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

export function Section({ title, extra, children, id }: { title: ReactNode; extra?: ReactNode; children: ReactNode; id?: string }) {
  return (
    <section className="section" id={id}>
      <header className="section-head">
        <h2>{title}</h2>
        {extra}
      </header>
      {children}
    </section>
  );
}
