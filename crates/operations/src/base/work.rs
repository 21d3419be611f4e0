//! The unit of work: one change of the world, in one transaction.
//!
//! A verb authorises, begins its work, takes locks, loads, decides, saves, tells what happened, and commits. What happened is
//! appended to the history with everything else that is saved; open pages hear of it only once it is committed.

use crate::{Caller, Operations, Result};
use domain::{Actor, Day, Event, Fact, HubId, Instant, OrderId, RouteId, Source};
use store::{Tx, proposals::Ending};

/// What open pages have to read again.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Routes whose rows changed.
    pub routes: Vec<RouteId>,
    /// Routes whose drivers came to a door and nothing else: they have the same to do as before.
    pub arrived: Vec<RouteId>,
    /// Orders whose stories grew.
    pub orders: Vec<OrderId>,
    /// The exceptions.
    pub exceptions: bool,
    /// The plan or its proposal.
    pub plan: bool,
    /// The numbers of the strip.
    pub counts: bool,
    /// The whole day.
    pub all: bool,
}

/// One change: who asked, one moment, the transaction, and the facts that it adds up to. Dropped, it has changed nothing.
pub(crate) struct Work<'a> {
    ops: &'a Operations,
    caller: &'a Caller,
    /// The hub at which it happens.
    hub: HubId,
    /// The transaction through which everything is locked, read and saved.
    pub tx: Tx,
    /// The moment at which the verb decides: when it began, or when it last went on.
    pub now: Instant,
    /// What to announce after the commit.
    pub touched: Touched,
    events: Vec<Event>,
}

impl Operations {
    /// Begins a change at a hub within the caller's reach. Ask for the ability before.
    pub(crate) async fn begin<'a>(&'a self, caller: &'a Caller, hub: HubId) -> Result<Work<'a>> {
        caller.reach(hub)?;
        let (tx, now) = (self.0.database.begin().await?, self.now());
        Ok(Work { ops: self, caller, hub, tx, now, touched: Touched::default(), events: vec![] })
    }
}

impl Work<'_> {
    /// By what way we know.
    fn source(&self) -> Source {
        match self.caller.who {
            Actor::Person(_) => Source::Screen,
            Actor::Vehicle(_) => Source::Device,
            Actor::Shop(_) | Actor::Machine => Source::Api,
            Actor::Timer => Source::Worker,
        }
    }

    /// The caller did it, now.
    pub fn happened(&mut self, fact: Fact) {
        self.happened_at(self.now, fact);
    }

    /// The caller did it at a moment that has passed.
    pub fn happened_at(&mut self, at: Instant, fact: Fact) {
        let (source, actor, hub) = (self.source(), self.caller.who, self.hub);
        self.events.push(Event { occurred_at: at, recorded_at: self.now, source, actor, hub, fact });
    }

    /// It was brought in with the history of elsewhere: somebody did it there, at a moment that has passed.
    pub fn brought_in(&mut self, at: Instant, actor: Actor, fact: Fact) {
        let (source, hub) = (Source::Import, self.hub);
        self.events.push(Event { occurred_at: at, recorded_at: self.now, source, actor, hub, fact });
    }

    /// It followed from what the caller did, and nobody did it.
    pub fn followed(&mut self, fact: Fact) {
        let (at, source, hub) = (self.now, self.source(), self.hub);
        self.events.push(Event { occurred_at: at, recorded_at: at, source, actor: Actor::Timer, hub, fact });
    }

    /// Takes the moment anew: locks may have been waited for, and what is decided under them is decided now.
    pub fn go_on(&mut self) -> Instant {
        self.now = self.ops.now();
        self.now
    }

    /// Takes away the proposal of a day, because what it was made from has changed.
    pub async fn overtake_proposal(&mut self, day: Day) -> Result<()> {
        if let Some(open) = store::proposals::open_id(&mut self.tx, self.hub, day).await? {
            store::proposals::end(&mut self.tx, open, Ending::Overtaken).await?;
            self.touched.plan = true;
        }
        Ok(())
    }

    /// Appends what happened, commits, and announces it.
    pub async fn commit(mut self) -> Result<()> {
        store::events::append(&mut self.tx, &self.events).await?;
        self.tx.commit().await?;
        let touched = std::mem::take(&mut self.touched);
        self.ops.announce(self.hub, touched);
        Ok(())
    }
}
