//! A city's addresses, by text and by place.

use super::City;
use crate::{Addresses, Found, LatLon, RoadsError};

impl Addresses for City {
    fn search(&self, text: &str, limit: usize) -> Result<Vec<Found>, RoadsError> {
        Ok(self.addresses.search(text, limit))
    }

    fn reverse(&self, at: LatLon) -> Result<Option<Found>, RoadsError> {
        Ok(self.addresses.found_near(at))
    }
}
