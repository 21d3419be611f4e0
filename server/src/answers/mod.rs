//! What endpoints and their guards answer with.

pub(crate) mod plain_page;
pub(crate) mod problem;
pub(crate) mod state;
