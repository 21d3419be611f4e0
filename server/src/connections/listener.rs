//! Takes connections: no more than so many in all and from one address, and nobody may be slow to say what is wanted.

use crate::connections::{address::Trusted, seats::Seats};
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;

/// A request's head is here after this long, or the connection ends; so does one over which nothing is asked.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// A request's head is at most this long, in bytes.
const HEAD: usize = 16 * 1024;
/// Answers under way have this long when the server closes.
const FAREWELL: Duration = Duration::from_secs(20);
/// After a connection could not be taken.
const PAUSE: Duration = Duration::from_millis(100);
/// Open files that are no connections: the database, the log, the city.
const OTHER_FILES: u64 = 256;
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 5\r\nconnection: close\r\n\r\n";

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    pub in_all: usize,
    pub by_address: usize,
}

/// Lets the process open as many files as the system allows, and answers how many connections fit.
pub(crate) fn room_for_connections() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 512 };
    let files = if setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() { hard } else { soft };
    usize::try_from(files.saturating_sub(OTHER_FILES).max(files / 2)).unwrap_or(usize::MAX)
}

/// Serves until the server closes, then lets answers under way be finished.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    caps: Caps,
    trusted: Trusted,
    closing: CancellationToken,
) -> io::Result<()> {
    let all = Arc::new(Semaphore::new(caps.in_all.min(Semaphore::MAX_PERMITS)));
    let by_address = Seats::<IpAddr>::new(caps.by_address);
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_header_size(HEAD);
    let mut troubled = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !std::mem::replace(&mut troubled, true) {
                    tracing::error!("a connection could not be taken, and others will be tried: {error}");
                }
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        troubled = false;
        let Ok(permit) = all.clone().try_acquire_owned() else {
            turn_away(&stream);
            continue;
        };
        // Everybody behind a proxy of ours comes from its address.
        let seat = if trusted.holds(peer.ip()) { None } else { by_address.take(peer.ip()) };
        if seat.is_none() && !trusted.holds(peer.ip()) {
            turn_away(&stream);
            continue;
        }
        // Small answers leave at once; without it some wait for 40 ms.
        let _ = stream.set_nodelay(true);
        let service =
            ServiceBuilder::new().map_request(move |request| named(request, peer)).service(router.clone());
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
        tokio::spawn(hold(connection, permit, seat));
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers were still under way and are cut off");
    }
    Ok(())
}

async fn hold<S>(
    connection: impl Future<Output = hyper::Result<()>>,
    _permit: OwnedSemaphorePermit,
    _seat: Option<S>,
) {
    // Whoever hangs up or is too slow has been dealt with.
    let _ = connection.await;
}

fn named(request: Request<Incoming>, peer: SocketAddr) -> Request<Body> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// Says so as far as that goes without waiting.
fn turn_away(stream: &TcpStream) {
    let _ = stream.try_write(FULL);
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn open(caps: Caps, trusted: Trusted) -> (SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let closing = CancellationToken::new();
        let router = Router::new().route("/", get(|| async { "in" }));
        tokio::spawn(serve(listener, router, caps, trusted, closing.clone()));
        (address, closing)
    }

    async fn answer(address: SocketAddr, ask: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut said = vec![];
        let _reset = stream.read_to_end(&mut said).await;
        String::from_utf8_lossy(&said).into_owned()
    }

    const ASK: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

    #[tokio::test]
    async fn an_address_has_so_many_connections_and_a_trusted_proxy_has_all() {
        let caps = Caps { in_all: 8, by_address: 3 };
        let (address, _closing) = open(caps, Trusted::default()).await;
        let mut held = vec![];
        for _ in 0..3 {
            held.push(TcpStream::connect(address).await.unwrap());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let said = answer(address, ASK).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 503"), "{said}");
        held.clear();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(answer(address, ASK).await.ends_with("in"));

        let (address, _closing) = open(caps, Trusted::read(&["127.0.0.1".to_owned()]).unwrap()).await;
        for _ in 0..8 {
            held.push(TcpStream::connect(address).await.unwrap());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let said = answer(address, ASK).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 503"), "the server is full: {said}");
    }

    #[tokio::test]
    async fn a_long_head_is_refused_and_half_a_head_is_not_waited_for() {
        let caps = Caps { in_all: 100, by_address: 100 };
        let (address, _closing) = open(caps, Trusted::default()).await;
        let long =
            format!("GET / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", "x".repeat(30_000));
        assert!(answer(address, &long).await.starts_with("HTTP/1.1 431"));
        let began = Instant::now();
        let (half, nothing) = tokio::join!(answer(address, "GET / HTTP/1.1\r\nhos"), answer(address, ""));
        assert!(!half.contains("200 OK") && !nothing.contains("200 OK"));
        let waited = began.elapsed();
        assert!(waited >= HEAD_TIME - Duration::from_secs(1) && waited < HEAD_TIME * 2, "{waited:?}");
    }
}
