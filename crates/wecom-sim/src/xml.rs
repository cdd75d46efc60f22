//! Event bodies as the platform writes them: strings in CDATA, integers bare, documented element order.

use base::Timestamp;

/// Builds one event body.
#[derive(Clone, Debug)]
pub struct EventXml(String);

impl EventXml {
    /// The common head of every customer-contact event: receiver, `sys`, time, kind and name of the event.
    #[must_use]
    pub fn event(corp: &str, at: Timestamp, event: &str) -> Self {
        Self::from_sender(corp, "sys", at, event)
    }
    /// The head of an event that an employee caused inside an app.
    #[must_use]
    pub fn from_sender(corp: &str, sender: &str, at: Timestamp, event: &str) -> Self {
        Self("<xml>".to_owned())
            .text("ToUserName", corp)
            .text("FromUserName", sender)
            .number("CreateTime", at.seconds())
            .text("MsgType", "event")
            .text("Event", event)
    }
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        // CDATA can't hold its own end mark: split it in two sections.
        let safe = value.replace("]]>", "]]]]><![CDATA[>");
        self.0.push_str(&format!("<{name}><![CDATA[{safe}]]></{name}>"));
        self
    }
    #[must_use]
    pub fn number(mut self, name: &str, value: i64) -> Self {
        self.0.push_str(&format!("<{name}>{value}</{name}>"));
        self
    }
    /// A text element that is left out when the value is empty.
    #[must_use]
    pub fn some_text(self, name: &str, value: &str) -> Self {
        if value.is_empty() { self } else { self.text(name, value) }
    }
    /// A list of bare `Item` elements.
    #[must_use]
    pub fn items(mut self, name: &str, items: &[String]) -> Self {
        self.0.push_str(&format!("<{name}>"));
        for item in items {
            self.0.push_str(&format!("<Item>{}</Item>", escape(item)));
        }
        self.0.push_str(&format!("</{name}>"));
        self
    }
    #[must_use]
    pub fn finish(mut self) -> String {
        self.0.push_str("</xml>");
        self.0
    }
}

/// Escapes bare text.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_the_documented_order_and_quoting() {
        let xml = EventXml::event("ww1", Timestamp(1_000), "change_external_chat")
            .text("ChatId", "wr]]>1")
            .number("JoinScene", 3)
            .items("MemChangeList", &["wm1".to_owned()])
            .finish();
        assert_eq!(
            xml,
            "<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>\
             <CreateTime>1</CreateTime><MsgType><![CDATA[event]]></MsgType>\
             <Event><![CDATA[change_external_chat]]></Event><ChatId><![CDATA[wr]]]]><![CDATA[>1]]></ChatId>\
             <JoinScene>3</JoinScene><MemChangeList><Item>wm1</Item></MemChangeList></xml>"
        );
    }
}
