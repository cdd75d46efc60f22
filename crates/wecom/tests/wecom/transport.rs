//! Real sockets that fail in each way, and what the transport says of it.

use base::ManualClock;
use base::Secret;
use bytes::Bytes;
use messenger::Lane;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wecom::client::limiter::Limiter;
use wecom::client::{Application, CallError, Client};
use wecom::transport::{HttpTransports, Request, TransportError, Transports as _};
use wecom::wire::contacts::GetFollowUserList;

use crate::support::START;

fn request() -> Request {
    Request {
        method: http::Method::POST,
        path_and_query: "/cgi-bin/x?access_token=hidden-word".into(),
        content_type: Some("application/json".into()),
        body: Bytes::from_static(b"{}"),
    }
}

/// A server that reads one request and answers with these bytes, then closes.
async fn serving(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(answer).await;
        }
    });
    format!("http://{address}")
}

async fn call(base: &str) -> Result<(u16, Bytes), TransportError> {
    let transports = HttpTransports::default();
    transports.to(Some(base)).call(request()).await.map(|r| (r.status, r.body))
}

#[tokio::test]
async fn a_whole_answer_comes_as_it_is_and_redirects_are_not_followed() {
    let base = serving(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    assert_eq!(call(&format!("{base}/")).await, Ok((200, Bytes::from_static(b"hi"))));
    let base =
        serving(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(call(&base).await, Ok((302, Bytes::new())));
}

#[tokio::test]
async fn no_connection_means_not_sent_and_everything_later_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let closed = format!("http://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let silent = serving(b"").await;
    let torn = serving(b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"errcode\":0,").await;
    for (base, sent) in [(closed.as_str(), false), ("not an address", false), (&silent, true), (&torn, true)]
    {
        let error = call(base).await.expect_err("it must fail");
        assert_eq!(matches!(error, TransportError::Unknown(_)), sent, "{base}: {error:?}");
        assert!(!format!("{error:?}").contains("hidden-word"), "{error:?}");
    }
    assert!(!format!("{:?}", request()).contains("hidden-word"));
}

#[tokio::test]
async fn the_client_works_over_sockets_as_well() {
    let base = serving(
        b"HTTP/1.1 200 OK\r\ncontent-length: 66\r\nconnection: close\r\n\r\n{\"access_token\":\"t\",\"expires_in\":7200,\"follow_user\":[\"a\",\"b\",\"c\"]}",
    )
    .await;
    let application =
        Application { corp: "ww1".into(), agent: "1".into(), secret: Secret::new("hidden-word".into()) };
    let transport = HttpTransports::default().to(Some(&base));
    let clock = ManualClock::starting_at(START);
    let client = Client::new(application, transport, std::sync::Arc::new(Limiter::default()), clock);
    let staff = client.call(&GetFollowUserList {}, Lane::Bulk).await.expect("list").follow_user;
    assert_eq!(staff.len(), 3);
    assert!(!format!("{:?}", client.application()).contains("hidden-word"));
}

#[tokio::test]
async fn a_company_out_of_reach_is_unavailable_without_its_secret_in_the_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let application =
        Application { corp: "ww1".into(), agent: "1".into(), secret: Secret::new("hidden-word".into()) };
    let transport = HttpTransports::default().to(Some(&base));
    let clock = ManualClock::starting_at(START);
    let client = Client::new(application, transport, std::sync::Arc::new(Limiter::default()), clock);
    let error = client.check_token().await.expect_err("nobody listens");
    assert!(matches!(&error, CallError::Unavailable(why) if !why.contains("hidden-word")), "{error:?}");
}
