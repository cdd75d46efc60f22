// Value kind and way of a post: colour and icon, always with a word for those who can't see them.
import { BellOutlined, CameraOutlined, NotificationOutlined, PhoneOutlined, RobotOutlined, SendOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useWords } from "./words";

const icons: Record<string, ReactNode> = {
  broadcast: <NotificationOutlined />, owner_task: <SendOutlined />, automatic: <RobotOutlined />, auto: <RobotOutlined />,
  moments: <CameraOutlined />, private: <PhoneOutlined />, live: <BellOutlined />,
};

export function WayMark({ way, quiet }: { way: string; quiet?: boolean }) {
  const words = useWords();
  const word = words("common", "way", way);
  return (
    <span className="way" title={word}>
      <span aria-hidden="true">{icons[way] ?? <SendOutlined />}</span>
      <span className={quiet ? "sr-only" : undefined}>{word}</span>
    </span>
  );
}

export function KindMark({ kind }: { kind: string }) {
  const words = useWords();
  return (
    <span className="kind" style={{ color: `var(--${kind})`, background: `var(--${kind}-soft)` }}>
      {words("common", "kind", kind)}
    </span>
  );
}
