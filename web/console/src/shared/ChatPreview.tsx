// A message as it will look in the WeChat chat.
import { useTranslation } from "react-i18next";
import "./chat.css";

type Props = { sender: string; text: string; room?: string; link?: { title: string; description?: string } | null; at?: string };

export function ChatPreview({ sender, text, room, link, at }: Props) {
  const { t } = useTranslation("common");
  return (
    <div className="chat" role="img" aria-label={t("preview")}>
      <div className="chat-room">{room ?? sender}</div>
      {at ? <div className="chat-time">{at}</div> : null}
      <div className="chat-line">
        <span className="chat-face">{sender.slice(0, 1)}</span>
        <div className="chat-said">
          {room ? <span className="chat-name">{sender}</span> : null}
          {text ? <span className="chat-bubble pre">{text}</span> : <span className="chat-bubble chat-empty">{t("preview_empty")}</span>}
          {link ? (
            <span className="chat-card">
              <strong>{link.title}</strong>
              {link.description ? <span>{link.description}</span> : null}
            </span>
          ) : null}
        </div>
      </div>
    </div>
  );
}
