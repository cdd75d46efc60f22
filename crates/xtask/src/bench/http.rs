//! As much HTTP as the benchmarks need: one request, one answer, connection closed; or a connection that is kept.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, bail};

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, as it came.
    pub fn header(&self, name: &str) -> Option<&str> {
        let line =
            self.head.lines().filter_map(|l| l.split_once(':')).find(|(n, _)| n.eq_ignore_ascii_case(name));
        line.map(|(_, value)| value.trim())
    }
    pub fn json(&self) -> anyhow::Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{} is not JSON", String::from_utf8_lossy(&self.body)))
    }
    /// The answer, if it is a success.
    pub fn ok(self) -> anyhow::Result<Self> {
        if !(200..400).contains(&self.status) {
            bail!("answered {}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        Ok(self)
    }
}

/// Sends `method path` with extra header lines and a body (may be empty) to `address`, `127.0.0.1:PORT`.
pub fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> anyhow::Result<Answer> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("nobody listens on {address}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes())?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    let cut = all.windows(4).position(|w| w == b"\r\n\r\n").context("an answer without head")?;
    let head = String::from_utf8_lossy(&all[..cut]).into_owned();
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("an answer without status")?;
    let mut answer = Answer { status, head, body: all.split_off(cut + 4) };
    if answer.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        answer.body = unchunked(&answer.body);
    }
    Ok(answer)
}

pub fn get(address: &str, path: &str) -> anyhow::Result<Answer> {
    ask(address, "GET", path, &[], "")
}

/// A connection that is kept, as a browser keeps it: what is timed over it is the answer, not the greeting.
pub struct Line {
    reader: BufReader<TcpStream>,
    head: String,
}

impl Line {
    /// To `address`, with header lines that every request carries.
    pub fn open(address: &str, headers: &[(&str, &str)]) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("nobody listens on {address}"))?;
        // A first question may read a whole company.
        stream.set_read_timeout(Some(Duration::from_secs(3_600)))?;
        stream.set_nodelay(true)?;
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        Ok(Self { reader: BufReader::new(stream), head: format!("Host: {address}\r\n{lines}") })
    }

    /// The body of a successful answer.
    pub fn ask(&mut self, method: &str, path: &str, body: &str) -> anyhow::Result<Vec<u8>> {
        let request =
            format!("{method} {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n{body}", self.head, body.len());
        self.reader.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length, mut chunked) = (String::new(), 0, false);
        self.reader.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            self.reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        anyhow::ensure!(!chunked, "an answer in chunks, which a kept connection does not read");
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body)?;
        if !status.split(' ').nth(1).is_some_and(|code| code.starts_with('2')) {
            bail!("{method} {path} answered {}: {}", status.trim(), String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        let size =
            std::str::from_utf8(&rest[..at]).ok().and_then(|s| usize::from_str_radix(s.trim(), 16).ok());
        let Some(size) = size.filter(|s| *s > 0 && rest.len() >= at + 2 + s) else { break };
        body.extend_from_slice(&rest[at + 2..at + 2 + size]);
        rest = rest.get(at + 2 + size + 2..).unwrap_or_default();
    }
    body
}

#[cfg(test)]
mod tests {
    #[test]
    fn chunks_are_joined() {
        assert_eq!(super::unchunked(b"4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n"), b"wikipedia");
        assert_eq!(super::unchunked(b""), b"");
    }
}
