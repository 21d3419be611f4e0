//! What open pages hear of a change that is committed.

use crate::{Operations, base::work::Touched};
use domain::HubId;

impl Operations {
    /// Announces what a change has touched.
    pub(crate) fn announce(&self, hub: HubId, touched: Touched) {
        self.0.driver_routes.note(hub, &touched);
        let live = self.0.live.of(hub);
        if !touched.routes.is_empty() || !touched.arrived.is_empty() {
            live.touch_routes(touched.routes.into_iter().chain(touched.arrived));
        }
        if touched.plan {
            live.touch_plan();
        }
        if touched.exceptions {
            live.touch_exceptions();
        }
        if !touched.orders.is_empty() {
            live.touch_orders(&touched.orders);
        }
        if touched.counts {
            live.touch_counts();
        }
        if touched.all {
            live.touch_all();
        }
    }
}
