//! What the beginning and the end of a route say about time, so that two of them are joined in constant time.
//!
//! Lateness is not forbidden but counted as time warp (Nagata, Bräysy and Dullaert, 2010): who comes late goes back in
//! time to when the window closes. As driving is all that costs, a vehicle may leave as early as it can, and the
//! segments of Vidal, Crainic, Gendreau and Prins (2013) shrink to one point in time and the warp so far (Schneider,
//! Sand and Stenger, 2013).

use crate::kernel::instance::Site;

/// The beginning of a route, up to and with some node.
#[derive(Clone, Copy, Debug)]
pub(in crate::genetic) struct Head {
    /// When the node is left at the earliest.
    pub(in crate::genetic) depart: i32,
    /// The time warp up to then.
    pub(in crate::genetic) warp: i64,
}

/// The end of a route, from some node on.
#[derive(Clone, Copy, Debug)]
pub(in crate::genetic) struct Tail {
    /// The latest arrival at the node that makes no more warp.
    pub(in crate::genetic) latest: i32,
    /// The time warp that there is from then on.
    pub(in crate::genetic) warp: i64,
}

impl Head {
    /// With one more stop behind, `arc` away.
    #[inline(always)]
    pub(in crate::genetic) fn push(self, arc: i32, site: &Site) -> Self {
        let begin = (self.depart + arc).max(site.open);
        let late = (begin - site.close).max(0);
        Self { depart: begin - late + site.service, warp: self.warp + i64::from(late) }
    }

    /// The time warp of the whole when the tail begins `arc` away.
    #[inline(always)]
    pub(in crate::genetic) fn join(self, arc: i32, tail: Tail) -> i64 {
        self.warp + tail.warp + i64::from((self.depart + arc - tail.latest).max(0))
    }
}

impl Tail {
    /// With one more stop in front, `arc` away.
    #[inline(always)]
    pub(in crate::genetic) fn unshift(self, arc: i32, site: &Site) -> Self {
        let latest = (self.latest - arc - site.service).min(site.close);
        let early = (site.open - latest).max(0);
        Self { latest: latest + early, warp: self.warp + i64::from(early) }
    }
}
