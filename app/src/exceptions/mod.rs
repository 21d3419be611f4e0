//! The exceptions: one list, most saveable first, each row with its clock, its owner and what can be done.

mod api;
mod row;

use crate::{
    Fault,
    act::{Act, ActForm},
    codec::load,
    format,
    live::LiveBoard,
    parts::{FaultNotice, KeptOrder, Notice, PageHead, Skeleton, aim_focus, fault_of, keep_focus},
    session::{Session, at_hub},
};
use api::{Claim, Release, Reopen, Resolve};
use domain::ExceptionId;
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use leptos_router::hooks::use_query_map;
use row::QueueRow;
use wire::staff::exceptions::{ExceptionRow, QueueFilter, QueueView};

/// What can be done with an exception.
#[derive(Clone, Copy)]
struct QueueActions {
    claim: Act<()>,
    release: Act<()>,
    resolve: Act<ExceptionId>,
    reopen: Act<ExceptionId>,
}

impl QueueActions {
    fn new() -> Self {
        Self {
            claim: Act::of::<Claim>(),
            release: Act::of::<Release>(),
            resolve: Act::of::<Resolve>(),
            reopen: Act::of::<Reopen>(),
        }
    }

    fn versions(self) -> usize {
        self.claim.version().get()
            + self.release.version().get()
            + self.resolve.version().get()
            + self.reopen.version().get()
    }

    fn fault(self) -> Option<Fault> {
        fault_of(self.claim)
            .get()
            .or_else(|| fault_of(self.release).get())
            .or_else(|| fault_of(self.resolve).get())
            .or_else(|| fault_of(self.reopen).get())
    }
}

fn filter_of(code: Option<&str>) -> QueueFilter {
    match code {
        Some("mine") => QueueFilter::Mine,
        Some("resolved") => QueueFilter::Resolved,
        _ => QueueFilter::Unresolved,
    }
}

/// The page; `show=mine|resolved` in its address chooses the list, `after` the page of it.
#[component]
pub fn ExceptionsPage() -> impl IntoView {
    let live = LiveBoard::here();
    let hub = Session::here().hub;
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        (filter_of(query.get("show").as_deref()), query.get("after"))
    });
    let undo = query.read_untracked().get("undo").and_then(|code| code.parse::<ExceptionId>().ok());
    let actions = QueueActions::new();
    let order = KeptOrder::<ExceptionId>::new();
    let kept_for = StoredValue::new(asked.get_untracked());
    let queue = load(
        move || {
            (asked.get(), live.exceptions.get(), live.returned.get(), actions.versions(), order.asked().get())
        },
        move |((filter, after), ..)| async move {
            let mut queue = api::queue(hub, filter, after.clone()).await?;
            // The page may have been left while the answer was on its way.
            if kept_for.try_get_value().is_some_and(|kept| kept != (filter, after.clone())) {
                kept_for.set_value((filter, after));
                order.forget();
            }
            order.keep(&mut queue.rows, |row| row.id);
            Ok::<_, Fault>(Shown { queue, filter })
        },
    );
    // The list outlives its reloads, so that an open form, the focus and a choice half made stay with their row.
    let latest = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(answer) = queue.get() {
            latest.set(Some(answer));
            keep_focus();
        }
    });
    view! {
        <div class="page queue-page">
            <div class="page-head">
                <PageHead title="Exceptions" />
                <SortAgain order filter=Signal::derive(move || asked.read().0) />
            </div>
            <div class="toasts">
                {move || actions.fault().map(|fault| view! { <FaultNotice fault /> })}
                <Resolved actions undo />
            </div>
            <Transition fallback=|| view! { <Skeleton rows=8 what="the exceptions" /> }>
                {move || Suspend::new(async move {
                    let first = ScopedFuture::new_untracked(queue.answer()).await;
                    if let Ok(shown) = &first {
                        order.show(shown.queue.rows.iter().map(|row| row.id));
                    }
                    view! { <Queue first latest actions live /> }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// Has its place whether it is needed or not, so that nothing moves when it is.
#[component]
fn SortAgain(order: KeptOrder<ExceptionId>, filter: Signal<QueueFilter>) -> impl IntoView {
    let moved = order.moved();
    view! {
        <button class="button small sort" type="button" disabled=move || moved.get() == 0 on:click=move |_| order.sort_again()>
            {move || match moved.get() {
                0 if filter.get() == QueueFilter::Resolved => "Latest first".to_owned(),
                0 => "Most saveable first".to_owned(),
                moved => format!("{} out of order · Sort", format::count(moved as i64)),
            }}
        </button>
    }
}

/// Which exception was resolved last and not opened again, by how many answers of either kind there have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Undoable {
    resolved: usize,
    reopened: usize,
    exception: Option<ExceptionId>,
}

impl Undoable {
    /// What can be undone after these answers.
    fn after(
        self,
        (resolved, resolution): (usize, Option<ExceptionId>),
        (reopened, reopening): (usize, Option<ExceptionId>),
    ) -> Self {
        let exception = match (self.resolved == resolved, self.reopened == reopened) {
            (false, _) => resolution.or(self.exception),
            (true, false) if reopening == self.exception => None,
            _ => self.exception,
        };
        Self { resolved, reopened, exception }
    }
}

/// After a resolution: that it is done, and its undo, every time.
#[component]
fn Resolved(actions: QueueActions, undo: Option<ExceptionId>) -> impl IntoView {
    let undoable = Memo::new(move |before: Option<&Undoable>| {
        let said = |answer: Option<Result<ExceptionId, Fault>>| answer.and_then(Result::ok);
        let before = before.copied().unwrap_or(Undoable { resolved: 0, reopened: 0, exception: undo });
        before.after(
            (actions.resolve.version().get(), said(actions.resolve.answer())),
            (actions.reopen.version().get(), said(actions.reopen.answer())),
        )
    });
    move || {
        undoable.get().exception.map(|exception| {
            view! {
                <Notice text="Resolved.">
                    <ActForm act=actions.reopen on:submit=move |_| aim_focus(&exception.to_string())>
                        <input type="hidden" name="exception" value=exception.to_string() />
                        <button class="button small" type="submit">
                            "Undo"
                        </button>
                    </ActForm>
                </Notice>
            }
        })
    }
}

/// A list as it was answered, and which list was asked for.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Shown {
    queue: QueueView,
    filter: QueueFilter,
}

/// The tabs and the rows. When a reload fails, its fault stands above the last list that arrived.
#[component]
fn Queue(
    first: Result<Shown, Fault>,
    latest: RwSignal<Option<Result<Shown, Fault>>>,
    actions: QueueActions,
    live: LiveBoard,
) -> impl IntoView {
    let answer = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
    let shown = Memo::new(move |before: Option<&Option<Shown>>| {
        answer.get().ok().or_else(|| before.cloned().flatten())
    });
    let rows = move || shown.read().as_ref().map(|shown| shown.queue.rows.clone()).unwrap_or_default();
    view! {
        {move || answer.get().err().map(|fault| view! { <FaultNotice fault /> })}
        {move || shown.get().map(|shown| view! { <QueueHead shown /> })}
        <ol class="queue">
            <For each=rows key=|row| (row.id, row.route) let:row>
                <LiveRow first=row shown live actions />
            </For>
        </ol>
        {move || {
            let shown = shown.read();
            let shown = shown.as_ref()?;
            let show = match shown.filter {
                QueueFilter::Unresolved => "",
                QueueFilter::Mine => "show=mine&",
                QueueFilter::Resolved => "show=resolved&",
            };
            let href = at_hub(&format!("/exceptions?{show}after={}", shown.queue.more.as_ref()?));
            Some(view! {
                <p>
                    <a class="button" href=href>
                        "More"
                    </a>
                </p>
            })
        }}
    }
}

/// A row that keeps its place on the page while what it says changes.
#[component]
fn LiveRow(
    first: ExceptionRow,
    shown: Memo<Option<Shown>>,
    live: LiveBoard,
    actions: QueueActions,
) -> impl IntoView {
    let raised = first.raised_at;
    let row = Memo::new(move |_| {
        let shown = shown.read();
        let rows = shown.as_ref().map(|shown| shown.queue.rows.as_slice()).unwrap_or_default();
        rows.iter().find(|row| row.id == first.id).unwrap_or(&first).clone()
    });
    let now = Signal::derive(move || {
        let page = shown.read().as_ref().map_or(raised, |shown| shown.queue.as_of);
        live.as_of.get().filter(|live| *live > page).unwrap_or(page)
    });
    view! { <QueueRow row now actions /> }
}

/// Which list is shown, and what an empty one means.
#[component]
fn QueueHead(shown: Shown) -> impl IntoView {
    let Shown { queue: QueueView { as_of, rows, open, claimed, resolved, next, .. }, filter } = shown;
    let empty = rows.is_empty().then(|| match (filter, next) {
        (QueueFilter::Unresolved, Some(next)) => format!(
            "No exceptions. The next promise at risk is {}, {}.",
            format::clock_from(next.until, as_of),
            next.label
        ),
        (QueueFilter::Unresolved, None) => "No exceptions, and no promise is open.".to_owned(),
        (QueueFilter::Mine, _) => {
            "Nothing is yours. Claim an exception under Unresolved, and it stays here until you resolve it."
                .to_owned()
        }
        (QueueFilter::Resolved, _) => "Nothing has been resolved today.".to_owned(),
    });
    let tabs = [
        (QueueFilter::Unresolved, "/exceptions", "Unresolved", Some(open + claimed)),
        (QueueFilter::Mine, "/exceptions?show=mine", "Mine", None),
        (QueueFilter::Resolved, "/exceptions?show=resolved", "Resolved", Some(resolved)),
    ];
    view! {
        <nav class="tabs" aria-label="Which exceptions">
            {tabs
                .map(|(this, href, label, number)| {
                    view! {
                        <a href=at_hub(href) aria-current=(this == filter).then_some("page")>
                            {label}
                            {number.map(|number| view! { <span class="badge">{format::count(number)}</span> })}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
        {empty
            .map(|text| {
                view! {
                    <div class="empty">
                        <p>{text}</p>
                    </div>
                }
            })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution_can_be_undone() {
        let id =
            |last: u8| format!("00000000-0000-0000-0000-0000000000{last:02}").parse::<ExceptionId>().ok();
        let start = Undoable { resolved: 0, reopened: 0, exception: None };
        let first = start.after((1, id(1)), (0, None));
        assert_eq!(first.exception, id(1));
        let undone = first.after((1, id(1)), (1, id(1)));
        assert_eq!(undone.exception, None);
        let again = undone.after((2, id(1)), (1, id(1)));
        assert_eq!(again.exception, id(1), "the same one, resolved once more");
        let other = again.after((3, id(2)), (1, id(1)));
        assert_eq!(other.exception, id(2));
        let refused = other.after((4, None), (1, id(1)));
        assert_eq!(refused.exception, id(2), "a resolution that was refused undoes nothing");
        assert_eq!(refused.after((4, None), (2, id(1))).exception, id(2), "another one was opened again");
    }

    #[test]
    fn an_unknown_list_is_the_unresolved_one() {
        assert_eq!(filter_of(Some("mine")), QueueFilter::Mine);
        assert_eq!(filter_of(Some("everything")), QueueFilter::Unresolved);
        assert_eq!(filter_of(None), QueueFilter::Unresolved);
    }
}
