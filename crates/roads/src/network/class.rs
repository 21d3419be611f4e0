//! What kind of road a segment is, and which roads traffic treats alike.
//!
//! Not here: speeds (`profile`).

/// The class of a road, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Class {
    Motorway,
    Trunk,
    Primary,
    Secondary,
    Tertiary,
    /// Residential and unclassified streets.
    Local,
    /// Living streets, service roads, driveways, alleys.
    Service,
    /// Tracks, cycleways, footways, steps.
    Path,
    Ferry,
}

impl Class {
    /// All classes, in their order.
    pub(crate) const ALL: [Class; 9] = [
        Class::Motorway,
        Class::Trunk,
        Class::Primary,
        Class::Secondary,
        Class::Tertiary,
        Class::Local,
        Class::Service,
        Class::Path,
        Class::Ferry,
    ];

    /// The class of a `highway` value; links belong to what they link.
    pub(crate) fn of(highway: &str) -> Class {
        match highway.strip_suffix("_link").unwrap_or(highway) {
            "motorway" => Class::Motorway,
            "trunk" => Class::Trunk,
            "primary" => Class::Primary,
            "secondary" => Class::Secondary,
            "tertiary" => Class::Tertiary,
            "unclassified" | "residential" | "road" => Class::Local,
            "living_street" | "service" => Class::Service,
            "" => Class::Ferry,
            _ => Class::Path,
        }
    }
}

/// Roads whose traffic is learnt together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Motorways, trunk and primary roads between towns.
    MainOpen,
    /// The same in towns.
    MainDense,
    /// Secondary and tertiary roads between towns.
    CollectorOpen,
    /// The same in towns.
    CollectorDense,
    /// Streets that only their neighbours use, between towns.
    LocalOpen,
    /// The same in towns.
    LocalDense,
    /// Paths and ferries, which no traffic slows.
    Apart,
}

impl Group {
    /// All groups that traffic slows.
    pub const WITH_TRAFFIC: [Group; 6] = [
        Group::MainOpen,
        Group::MainDense,
        Group::CollectorOpen,
        Group::CollectorDense,
        Group::LocalOpen,
        Group::LocalDense,
    ];

    /// A short name that does not change, for what is kept.
    pub fn code(self) -> &'static str {
        match self {
            Group::MainOpen => "main_open",
            Group::MainDense => "main_dense",
            Group::CollectorOpen => "collector_open",
            Group::CollectorDense => "collector_dense",
            Group::LocalOpen => "local_open",
            Group::LocalDense => "local_dense",
            Group::Apart => "apart",
        }
    }

    /// The group with this short name.
    pub fn from_code(code: &str) -> Option<Group> {
        Group::WITH_TRAFFIC.into_iter().find(|group| group.code() == code)
    }

    pub(crate) fn of(class: Class, dense: bool) -> Group {
        match (class, dense) {
            (Class::Motorway | Class::Trunk | Class::Primary, false) => Group::MainOpen,
            (Class::Motorway | Class::Trunk | Class::Primary, true) => Group::MainDense,
            (Class::Secondary | Class::Tertiary, false) => Group::CollectorOpen,
            (Class::Secondary | Class::Tertiary, true) => Group::CollectorDense,
            (Class::Local | Class::Service, false) => Group::LocalOpen,
            (Class::Local | Class::Service, true) => Group::LocalDense,
            (Class::Path | Class::Ferry, _) => Group::Apart,
        }
    }
}
