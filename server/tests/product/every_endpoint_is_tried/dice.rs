//! Chance that is the same for the same seed, and what it makes of a valid request.

use serde_json::{Value, json};

/// Numbers that look drawn by chance and are the same for the same seed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, all: &'a [&'a T]) -> &'a T {
        all[self.below(all.len())]
    }

    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }

    /// A text that somebody did not expect.
    pub fn nasty(&mut self) -> String {
        const NASTY: [&str; 34] = [
            "",
            " ",
            "0",
            "-1",
            "1",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551616",
            "1e308",
            "NaN",
            "inf",
            "true",
            "null",
            "[]",
            "{}",
            "\0",
            "a\0b",
            "\u{202e}",
            "\u{feff}",
            "\u{fffd}",
            "</title><script>",
            "'; drop",
            "%00",
            "%ff",
            "..",
            "../../etc/passwd",
            "2026-13-45",
            "+262142-12-31",
            "-262143-01-01",
            "+262142-12-31T23:59:59Z",
            "-262143-01-01T00:00:00Z",
            "9999-12-31T23:59:60Z",
            "00000000-0000-0000-0000-000000000000",
            "-0.0",
        ];
        match self.below(40) {
            0 => "x".repeat(5_000),
            1 => "9".repeat(400),
            2 => self.uuid(),
            n => NASTY[n % NASTY.len()].to_owned(),
        }
    }

    /// A value that somebody did not expect.
    pub fn nasty_value(&mut self) -> Value {
        match self.below(12) {
            0 => Value::Null,
            1 => json!([]),
            2 => json!({}),
            3 => json!(i64::MAX),
            4 => json!(i64::MIN),
            5 => json!(-1),
            6 => json!(1e308),
            7 => json!(u64::MAX),
            8 => json!(true),
            9 => json!(0),
            _ => Value::String(self.nasty()),
        }
    }

    /// Changes one place in a JSON value for the worse.
    pub fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) if !fields.is_empty() && self.below(8) > 0 => {
                let key = fields.keys().nth(self.below(fields.len())).cloned().unwrap();
                match self.below(8) {
                    0 => drop(fields.remove(&key)),
                    1 => drop(fields.insert(self.nasty(), json!(7))),
                    _ => self.spoil(&mut fields[&key]),
                }
            }
            Value::Array(items) if !items.is_empty() && self.below(8) > 0 => {
                let at = self.below(items.len());
                match self.below(6) {
                    0 => drop(items.remove(at)),
                    1 => items.push(items[at].clone()),
                    _ => self.spoil(&mut items[at]),
                }
            }
            other => *other = self.nasty_value(),
        }
    }
}
