//! Pieces that every page uses and that know no page from inside: marks, bars, tables, notices, pages of a list, keys.

mod back;
mod bar;
mod journey;
mod keys;
pub mod map;
mod mark;
mod notice;
mod order;
mod page;
mod search;
mod table;

pub use back::remember_places;
pub use bar::{RouteBar, ShareBar};
#[cfg(feature = "hydrate")]
pub use journey::load_page;
pub use keys::{KeyHelp, aim_focus, awake, keep_focus, listen};
pub use mark::{Mark, MarkedWord};
pub use notice::{FaultNotice, Notice, fault_of};
pub use order::KeptOrder;
pub use page::{PageHead, PageLink, Pager, Skeleton, bring_into_sight};
pub use search::SearchForm;
pub use table::{Column, Table};
