//! A history file of JSON lines: a record each.

use serde_json::Value;
use wire::history::HistoryRecord;

/// A record and its line, or why the line is none.
pub(super) type Line = (usize, Result<HistoryRecord, Unread>);

/// A line that cannot be read.
#[derive(Debug, PartialEq)]
pub(super) struct Unread {
    /// The order's reference or the round's key, if it can be seen.
    pub what: String,
    /// Why, and what to do.
    pub why: String,
}

impl Unread {
    /// Of a line that says nothing of itself.
    pub fn because(why: impl Into<String>) -> Self {
        Self { what: String::new(), why: why.into() }
    }
}

/// Reads every line; empty ones are passed over.
pub(super) fn read(body: &[u8]) -> Vec<Line> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let lines = body.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(place, line)| (place + 1, record(line.trim_ascii())))
        .collect()
}

fn record(line: &[u8]) -> Result<HistoryRecord, Unread> {
    let text = std::str::from_utf8(line)
        .map_err(|_| Unread::because("the line is not UTF-8: save the file as UTF-8"))?;
    serde_json::from_str(text).map_err(|fault| {
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(fault) => return Unread::because(format!("the line is no JSON: {fault}")),
        };
        let what = value.get("reference").or(value.get("key")).or(value.get("vehicle"));
        let what = what.and_then(Value::as_str).unwrap_or_default().chars().take(64).collect();
        Unread { what, why: format!("it cannot be read: {fault}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_read_for_itself() {
        let route = r#"{"record":"route","key":"r1","vehicle":"Van 01","departed_at":"2026-11-02T07:30:00Z","finished_at":"2026-11-02T15:00:00Z"}"#;
        let text = format!("\u{feff}{route}\n\nnot json\n{{\"record\":\"order\",\"reference\":\"A-1\"}}\r\n");
        let lines = read(&[text.as_bytes(), b"\xff\xfe\n"].concat());
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3, 4, 5]);
        assert!(matches!(&lines[0].1, Ok(HistoryRecord::Route(route)) if route.key == "r1"));
        let why = |n: usize| lines[n].1.as_ref().unwrap_err();
        assert!(why(1).why.contains("no JSON"));
        assert_eq!(why(2).what, "A-1");
        assert!(why(2).why.contains("missing field"), "{}", why(2).why);
        assert!(why(3).why.contains("UTF-8"));
    }
}
