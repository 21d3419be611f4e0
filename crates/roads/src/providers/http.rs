//! One careful GET: with a time limit, tried again when that can help, and never more of an answer than is bearable.
//!
//! Not here: what is asked, and what an answer means.

use std::{io::Read, thread, time::Duration};

use serde::de::DeserializeOwned;

use crate::RoadsError;

/// No answer is read beyond this, in bytes: a table of 1,000 by 1,000 has about 7 million.
const LONGEST: u64 = 128 * 1024 * 1024;
/// How long is waited before trying again; twice as long each time.
const PAUSE: Duration = Duration::from_millis(60);

/// A server that is asked.
pub(super) struct Server {
    engine: &'static str,
    address: String,
    agent: ureq::Agent,
    retries: u32,
}

/// An answer that is no success: its status and its body.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: String,
}

/// What became of a question.
pub(super) enum Answer<T> {
    Good(T),
    /// The server says no, and means it.
    Refused(Refusal),
}

impl Server {
    pub(super) fn new(engine: &'static str, address: &str, timeout: Duration, retries: u32) -> Server {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .user_agent("doorstep")
            .build();
        Server { engine, address: address.trim_end_matches('/').to_owned(), agent: config.into(), retries }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> RoadsError {
        RoadsError::Provider { engine: self.engine, address: self.address.clone(), what: what.into() }
    }

    /// Asks for `path`; answers JSON, or the refusal. Tries again when the connection breaks or the server is at its limit.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, RoadsError> {
        let url = format!("{}{path}", self.address);
        let mut pause = PAUSE;
        let mut last = String::new();
        for attempt in 0..=self.retries {
            if attempt > 0 {
                thread::sleep(pause);
                pause *= 2;
            }
            match self.agent.get(&url).call() {
                Ok(mut answer) => {
                    let status = answer.status().as_u16();
                    let mut body = Vec::new();
                    let read = answer.body_mut().as_reader().take(LONGEST + 1).read_to_end(&mut body);
                    match read {
                        Err(fault) => last = format!("its answer broke off: {fault}"),
                        Ok(_) if body.len() as u64 > LONGEST => {
                            return Err(self.fault("its answer is too long"));
                        }
                        Ok(_) if matches!(status, 429 | 500 | 502 | 503 | 504) => {
                            last = format!("it answers {status}");
                        }
                        Ok(_) if !(200..300).contains(&status) => {
                            let body = String::from_utf8_lossy(&body).into_owned();
                            return Ok(Answer::Refused(Refusal { status, body }));
                        }
                        Ok(_) => {
                            let read = serde_json::from_slice(&body);
                            let value = read
                                .map_err(|fault| self.fault(format!("its answer cannot be read: {fault}")))?;
                            return Ok(Answer::Good(value));
                        }
                    }
                }
                Err(fault) => last = reason(&fault),
            }
        }
        Err(self.fault(last))
    }
}

/// Why there was no answer, without the address, which is said beside it.
fn reason(fault: &ureq::Error) -> String {
    match fault {
        ureq::Error::Timeout(_) => "it does not answer in time".to_owned(),
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => "it cannot be reached".to_owned(),
        ureq::Error::Io(fault) => format!("it cannot be reached: {}", fault.kind()),
        other => format!("it does not answer: {other}"),
    }
}
