//! A server that says what a test tells it to, on a free port of this machine.
//!
//! Not here: any understanding of HTTP beyond one request a connection.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What a server says to a request.
pub struct Said {
    status: u16,
    body: Option<String>,
}

impl Said {
    /// 200 with a body.
    pub fn ok(body: &str) -> Said {
        Said::status(200, body)
    }

    /// Another status with a body.
    pub fn status(status: u16, body: &str) -> Said {
        Said { status, body: Some(body.to_owned()) }
    }

    /// Nothing: the connection ends.
    pub fn hang_up() -> Said {
        Said { status: 0, body: None }
    }
}

/// A running server; it ends with the test's process.
pub struct Server {
    address: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    /// Says to each path what `answer` makes of it.
    pub fn start(answer: impl Fn(&str) -> Said + Send + Sync + 'static) -> Server {
        Server::flaky(0, answer)
    }

    /// The same, after hanging up on so many requests.
    pub fn flaky(hang_ups: usize, answer: impl Fn(&str) -> Said + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (asked, count, answer) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let counted = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, number) = (Arc::clone(&answer), count.fetch_add(1, Ordering::SeqCst));
                counted.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || {
                    serve(stream, |path| if number < hang_ups { Said::hang_up() } else { answer(path) });
                });
            }
        });
        Server { address, asked }
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, answer: impl Fn(&str) -> Said) {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&request);
    let path = text.split_whitespace().nth(1).unwrap_or_default();
    let Said { status, body: Some(body) } = answer(path) else { return };
    let head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // The client may have given up; then nobody listens.
    drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())));
}
