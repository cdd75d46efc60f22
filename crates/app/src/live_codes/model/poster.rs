//! The poster of a code as an SVG picture of A4 proportions. Pure.

use std::fmt::Write as _;

use fast_qr::qr::QRBuilder;

/// What a poster shows.
#[derive(Clone, Copy, Debug)]
pub struct Poster<'a> {
    pub title: &'a str,
    pub hook: &'a str,
    pub organiser: &'a str,
    pub qr: Qr<'a>,
}

/// The code's picture.
#[derive(Clone, Copy, Debug)]
pub enum Qr<'a> {
    /// Drawn from an address.
    Address(&'a str),
    /// The platform's own picture.
    Picture(&'a str),
}

const WIDTH: usize = 840;
const HEIGHT: usize = 1_188;
const QR_SIDE: usize = 500;
const FONT: &str =
    "PingFang SC, HarmonyOS Sans SC, Noto Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif";

/// Draws the poster. `None` when the address is too long for a QR code.
#[must_use]
pub fn draw(poster: &Poster<'_>) -> Option<String> {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"{FONT}\" text-anchor=\"middle\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\
         <rect width=\"{WIDTH}\" height=\"16\" fill=\"#0f766e\"/>"
    );
    let mut y = 150;
    for line in wrap(poster.hook, 11) {
        text(&mut svg, y, 64, "700", "#111827", &line);
        y += 84;
    }
    let top = (y + 10).max(310);
    match poster.qr {
        Qr::Address(address) => draw_code(&mut svg, address, top)?,
        Qr::Picture(url) => draw_picture(&mut svg, url, top),
    }
    let mut y = top + QR_SIDE + 80;
    for line in wrap(poster.title, 18) {
        text(&mut svg, y, 40, "600", "#111827", &line);
        y += 54;
    }
    for line in wrap(poster.organiser, 26) {
        text(&mut svg, HEIGHT - 60, 28, "400", "#6b7280", &line);
    }
    svg.push_str("</svg>");
    Some(svg)
}

fn draw_code(svg: &mut String, address: &str, top: usize) -> Option<()> {
    let code = QRBuilder::new(address).build().ok()?;
    // Four modules of quiet around the code, as its standard asks.
    let modules = code.size + 8;
    let mut path = String::new();
    for row in 0..code.size {
        for column in 0..code.size {
            if code[row][column].value() {
                let _ = write!(path, "M{} {}h1v1h-1z", column + 4, row + 4);
            }
        }
    }
    let left = (WIDTH - QR_SIDE) / 2;
    let _ = write!(
        svg,
        "<svg x=\"{left}\" y=\"{top}\" width=\"{QR_SIDE}\" height=\"{QR_SIDE}\" viewBox=\"0 0 {modules} {modules}\" shape-rendering=\"crispEdges\">\
         <path d=\"{path}\" fill=\"#111827\"/></svg>"
    );
    Some(())
}

fn draw_picture(svg: &mut String, url: &str, top: usize) {
    let left = (WIDTH - QR_SIDE) / 2;
    let _ = write!(
        svg,
        "<image x=\"{left}\" y=\"{top}\" width=\"{QR_SIDE}\" height=\"{QR_SIDE}\" href=\"{}\"/>",
        escape(url)
    );
}

fn text(svg: &mut String, y: usize, size: usize, weight: &str, fill: &str, line: &str) {
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{fill}\">{}</text>",
        WIDTH / 2,
        escape(line)
    );
}

/// Breaks a text into lines of `most` full-width characters; narrow ones count half. Words of narrow letters stay
/// whole where they fit.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(text.trim()) {
        let width: usize = piece.chars().map(width).sum();
        if used + width > most * 2 && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if used == 0 { piece.trim_start() } else { &piece });
        }
        used += width;
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        match pieces.last_mut() {
            Some(last) if width(c) == 1 && c != ' ' && last.chars().last().is_some_and(|l| width(l) == 1) => {
                last.push(c)
            }
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

const fn width(c: char) -> usize {
    if (c as u32) < 0x2e80 { 1 } else { 2 }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_holds_its_words_escaped_and_a_code() {
        let poster = Poster {
            title: "小面馆 <分店>",
            hook: "扫码进群，领第二杯半价券",
            organiser: "A & B",
            qr: Qr::Address("https://h.example/m/j/abc"),
        };
        let svg = draw(&poster).expect("fits");
        assert!(svg.contains("小面馆 &lt;分店&gt;"), "{svg}");
        assert!(svg.contains("A &amp; B"));
        assert!(svg.contains("扫码进群，领第二杯半"), "first line of eleven");
        assert!(svg.matches("h1v1h-1z").count() > 200, "modules");
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
        let picture =
            draw(&Poster { qr: Qr::Picture("https://p.example/q?a=1&b=\"2"), ..poster }).expect("fits");
        assert!(picture.contains("href=\"https://p.example/q?a=1&amp;b=&quot;2\""));
        assert!(draw(&Poster { qr: Qr::Address(&"x".repeat(5_000)), ..poster }).is_none());
    }

    #[test]
    fn lines_break_between_words_and_han() {
        assert_eq!(wrap("a free drink today", 6), ["a free drink", "today"]);
        assert_eq!(wrap("一二三四五六七", 3), ["一二三", "四五六", "七"]);
        assert!(wrap("  ", 3).is_empty());
    }
}
