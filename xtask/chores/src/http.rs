//! One GET over plain HTTP, enough to ask our own server a question.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// Asks `http://host:port/path` with a bearer key and returns the body of a 200.
///
/// HTTP 1.0 is spoken on purpose: the answer is then never in chunks and ends with the connection.
///
/// # Errors
/// No connection, no answer in 10 seconds, or any other status.
pub fn get(url: &str, bearer: &str) -> Result<String> {
    let Some((host, path)) = split(url) else { bail!("{url} is not a plain http address") };
    let mut stream = TcpStream::connect(host).with_context(|| format!("no connection to {host}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let request = format!(
        "GET {path} HTTP/1.0\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\nAccept: application/json\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).with_context(|| format!("no whole answer from {url}"))?;
    body(&String::from_utf8_lossy(&answer)).with_context(|| format!("asking {url}"))
}

fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    Some(rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash)))
}

fn body(answer: &str) -> Result<String> {
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer has no end of headers")?;
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("the server said {status:?}");
    }
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_at_its_first_slash() {
        assert_eq!(split("http://127.0.0.1:4700/api/v1/stats"), Some(("127.0.0.1:4700", "/api/v1/stats")));
        assert_eq!(split("http://127.0.0.1:4700"), Some(("127.0.0.1:4700", "/")));
        assert_eq!(split("https://example.org/"), None);
    }

    #[test]
    fn only_a_200_has_a_body() {
        assert_eq!(body("HTTP/1.0 200 OK\r\nA: b\r\n\r\n{\"vans\":40}").unwrap(), "{\"vans\":40}");
        assert!(body("HTTP/1.0 401 Unauthorized\r\n\r\nno").unwrap_err().to_string().contains("401"));
        assert!(body("nonsense").is_err());
    }
}
