//! The documented vectors, round trips, and what happens to a message that somebody touched.

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==";
const SAMPLE_SIGNATURE: &str = "477715d11cdb4164915debcba66cb864d751f3e6";

fn sample() -> CallbackCrypto {
    CallbackCrypto::new("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
        .expect("the official sample's key")
}

#[test]
fn the_official_sample_opens() {
    let crypto = sample();
    assert_eq!(crypto.signature("1409659813", "1372623149", SAMPLE), SAMPLE_SIGNATURE);
    let body = format!(
        "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<Encrypt><![CDATA[{SAMPLE}]]></Encrypt>\n<AgentID><![CDATA[218]]></AgentID>\n</xml>"
    );
    let plain = crypto.open(SAMPLE_SIGNATURE, "1409659813", "1372623149", body.as_bytes()).expect("genuine");
    for part in [
        "<ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>",
        "<FromUserName><![CDATA[mycreate]]></FromUserName>",
        "<CreateTime>1409659813</CreateTime>",
        "<Content><![CDATA[hello]]></Content>",
        "<MsgId>4561255354251345929</MsgId>",
        "<AgentID>218</AgentID>",
    ] {
        assert!(plain.contains(part), "{part} in {plain}");
    }
    let random: [u8; 16] = b"0960688932c47ef1".to_owned();
    assert_eq!(crypto.encrypt(&random, &plain), SAMPLE);
}

#[test]
fn the_url_check_sample_opens() {
    let crypto =
        CallbackCrypto::new("123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a")
            .expect("key");
    let echo = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==";
    let signature = "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96";
    let open = |sig: &str| crypto.open_echo(sig, "1411443780", "437374425", echo);
    assert_eq!(open(signature).as_deref(), Some("5927782489442352469"));
    assert_eq!(crypto.encrypt(b"2304fc2fe146f1f8", "5927782489442352469"), echo);
    for wrong in ["", "dd6b", "dd6b9c95b495b3f7e2901bfbc76c664930ffdb97", &format!("{signature}0")] {
        assert_eq!(open(wrong), None, "{wrong}");
    }
}

#[test]
fn the_js_sample_signs_with_and_without_a_fragment() {
    let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
    for url in ["http://mp.weixin.qq.com?params=value", "http://mp.weixin.qq.com?params=value#part"] {
        assert_eq!(
            js_signature(ticket, "Wm3WZYTPz0wzccnW", 1_414_587_457, url),
            "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
        );
    }
}

#[test]
fn token_and_key_are_checked_for_their_form() {
    let key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
    let why = |token: &str, key: &str| CallbackCrypto::new(token, key, "ww1").err();
    assert_eq!(why("abc", key), None);
    for token in ["", "a b", "abcdefghijklmnopqrstuvwxyz0123456789", "词"] {
        assert_eq!(why(token, key), Some(KeyError::Token), "{token}");
    }
    assert_eq!(why("abc", &key[1..]), Some(KeyError::KeyLength(42)));
    assert_eq!(why("abc", &format!("{key}=")), Some(KeyError::KeyLength(44)));
    assert_eq!(why("abc", &key.replace('q', "-")), Some(KeyError::KeyAlphabet));
    assert_eq!(why("abc", &key.replace('q', "é")), Some(KeyError::KeyAlphabet));
    assert_eq!(why("abc", &format!("{}=", &key[1..])), Some(KeyError::KeyAlphabet));
}

#[test]
fn a_message_for_somebody_else_is_refused() {
    let mine = sample();
    let theirs =
        CallbackCrypto::new("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wwother").expect("key");
    assert_eq!(mine.decrypt(&theirs.encrypt(&[7; 16], "<xml/>")), None);
    let nobody =
        CallbackCrypto::new("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "").expect("key");
    assert_eq!(mine.decrypt(&nobody.encrypt(&[7; 16], "<xml/>")), None);
    let stamp = Stamp { timestamp: "1", nonce: "2", random16: [7; 16] };
    let sealed = mine.delivery(&stamp, None, "<xml/>");
    let redirected = sealed.body.replace("<ToUserName><![CDATA[wx", "<ToUserName><![CDATA[ww");
    assert_eq!(mine.open(&sealed.signature, "1", "2", sealed.body.as_bytes()).as_deref(), Some("<xml/>"));
    assert_eq!(mine.open(&sealed.signature, "1", "2", redirected.as_bytes()), None);
}

#[test]
fn outer_xml_is_read_tolerantly_and_refused_when_tricky() {
    let good = [
        "<xml><Encrypt>abc</Encrypt></xml>",
        "<?xml version=\"1.0\"?>\n<xml >\n <Encrypt ><![CDATA[abc]]></Encrypt >\n</xml >",
        "<xml><!-- <Encrypt>no</Encrypt> --><AgentID/><Encrypt>\n abc \n</Encrypt></xml>",
        "<xml><Deep><Encrypt>no</Encrypt></Deep><Encrypt>abc</Encrypt></xml>",
        "<xml><X><![CDATA[<Encrypt>no</Encrypt>]]></X><Encrypt>abc</Encrypt></xml>",
        "<xml><X><![CDATA[]] > ]] 王 ]]]></X><Encrypt><![CDATA[abc]]></Encrypt></xml>",
    ];
    for body in good {
        assert_eq!(Outer::read(body.as_bytes()).map(|o| o.encrypted), Some("abc"), "{body}");
    }
    let bad = [
        "",
        "<xml>",
        "<xml></xml>",
        "<xml><Encrypt>abc</Encrypt>",
        "<xml><Encrypt>abc</xml>x",
        "<xml><Encrypt>abc</Encrypt><Encrypt>abd</Encrypt></xml>",
        "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><Encrypt>&a;</Encrypt></xml>",
        "<xml><Encrypt><![CDATA[abc</Encrypt></xml>",
        "<xml><Encrypt><b>abc</b></Encrypt></xml>",
        "</xml><Encrypt>abc</Encrypt>",
        "{\"encrypt\":\"abc\"}",
    ];
    for body in bad {
        assert_eq!(Outer::read(body.as_bytes()), None, "{body}");
    }
    assert_eq!(Outer::read(b"<xml><Encrypt>\xff\xfe</Encrypt></xml>"), None);
    assert_eq!(Outer::read(&vec![b'<'; MAX_BODY + 1]), None);
}

#[test]
fn paddings_of_every_length_are_made_and_accepted_and_no_other() {
    let crypto = sample();
    for length in 0..70 {
        let message = "x".repeat(length);
        assert_eq!(crypto.decrypt(&crypto.encrypt(&[1; 16], &message)), Some(message), "{length}");
    }
    assert_eq!(unpadded_len(&[32; 32]), Some(0));
    assert_eq!(unpadded_len(&[1; 32]), Some(31));
    let last = |n: u8| {
        let mut plain = [9u8; 64];
        plain[63] = n;
        plain
    };
    assert_eq!(unpadded_len(&last(0)), None);
    assert_eq!(unpadded_len(&last(33)), None);
    assert_eq!(unpadded_len(&last(2)), None);
    assert_eq!(unpadded_len(&[1; 16]), None);
    assert_eq!(unpadded_len(&[]), None);
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again(message in ".{0,400}", nonce in "[0-9a-z]{1,12}", random: [u8; 16]) {
        let crypto = sample();
        let stamp = Stamp { timestamp: "1700000000", nonce: &nonce, random16: random };
        let sealed = crypto.delivery(&stamp, Some("1000002"), &message);
        let opened = crypto.open(&sealed.signature, "1700000000", &nonce, sealed.body.as_bytes());
        prop_assert_eq!(opened, Some(message));
    }

    #[test]
    fn one_changed_byte_of_anything_signed_is_refused(message in ".{1,200}", at: prop::sample::Index, flip in 1u8..=255) {
        let crypto = sample();
        let encrypted = crypto.encrypt(&[3; 16], &message);
        let signature = crypto.signature("1700000000", "nonce", &encrypted);
        let signed = format!("{signature}\n1700000000\nnonce\n{encrypted}");
        let mut bytes = signed.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(text) = String::from_utf8(bytes) {
            let parts: Vec<&str> = text.splitn(4, '\n').collect();
            if let [signature, timestamp, nonce, encrypted] = parts[..] {
                let body = format!("<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
                prop_assert_eq!(crypto.open(signature, timestamp, nonce, body.as_bytes()), None);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(body: Vec<u8>, text in "[<>!/a-zA-Z\\[\\]= -]{0,300}", raw: Vec<u8>) {
        let crypto = sample();
        prop_assert_eq!(crypto.open("", "", "", &body), None);
        prop_assert_eq!(crypto.open("", "", "", text.as_bytes()), None);
        let encoded = STANDARD.encode(&raw);
        let signature = crypto.signature("1", "2", &encoded);
        let body = format!("<xml><Encrypt>{encoded}</Encrypt></xml>");
        // Well signed garbage: decryption itself has to refuse it.
        prop_assert_eq!(crypto.open(&signature, "1", "2", body.as_bytes()), None);
    }
}
