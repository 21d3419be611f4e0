//! What broken rules cost during the search, so that about as many plans break them as is good for it (Vidal, Crainic,
//! Gendreau, Lahrichi and Rei, 2012).

/// Prices are in parts of a unit of cost.
const PARTS: u32 = 6;
/// How many plans are counted before prices change.
const SPAN: u32 = 50;
/// Which share of plans should keep a rule.
const TARGET: f64 = 0.3;

/// What a unit too much costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    load: i64,
    warp: i64,
}

impl Prices {
    pub(super) const fn new(load: f64, warp: f64) -> Self {
        Self { load: parts(load), warp: parts(warp) }
    }

    /// What being over the capacity costs.
    #[inline(always)]
    pub(super) const fn load(self, excess: i64) -> i64 {
        if excess <= 0 { 0 } else { (excess * self.load) >> PARTS }
    }

    /// What coming late costs.
    #[inline(always)]
    pub(super) const fn warp(self, seconds: i64) -> i64 {
        (seconds * self.warp) >> PARTS
    }
}

const fn parts(price: f64) -> i64 {
    let price = price * (1_u32 << PARTS) as f64;
    if price < 1.0 { 1 } else { price as i64 }
}

/// Watches how often rules are broken and sets prices by it.
#[derive(Clone, Debug)]
pub(super) struct PenaltyPrices {
    load: f64,
    warp: f64,
    seen: u32,
    fitting: u32,
    timely: u32,
}

/// Neither free nor beyond all sense, in units of cost per unit of load or second.
const BOUNDS: (f64, f64) = (0.1, 100_000.0);

impl PenaltyPrices {
    pub(super) const fn new(load: f64, warp: f64) -> Self {
        Self { load: load.clamp(BOUNDS.0, BOUNDS.1), warp, seen: 0, fitting: 0, timely: 0 }
    }

    /// Today's prices, times `factor`.
    pub(super) const fn prices(&self, factor: f64) -> Prices {
        Prices::new(self.load * factor, self.warp * factor)
    }

    /// Counts a plan; true when prices have changed.
    pub(super) fn observe(&mut self, fits: bool, in_time: bool) -> bool {
        self.seen += 1;
        self.fitting += u32::from(fits);
        self.timely += u32::from(in_time);
        if self.seen < SPAN {
            return false;
        }
        let adjust = |price: f64, kept: u32| {
            let share = f64::from(kept) / f64::from(SPAN);
            let factor = if share < TARGET - 0.05 {
                1.2
            } else if share > TARGET + 0.05 {
                0.85
            } else {
                1.0
            };
            (price * factor).clamp(BOUNDS.0, BOUNDS.1)
        };
        self.load = adjust(self.load, self.fitting);
        self.warp = adjust(self.warp, self.timely);
        (self.seen, self.fitting, self.timely) = (0, 0, 0);
        true
    }
}
