//! Planning again: ask for a better plan, read what it changes, accept or decline it. What waits is a line until somebody
//! wants to see it.

use super::api::{AcceptProposal, DeclineProposal, ProposePlan};
use crate::{
    Fault,
    act::{Act, ActForm},
    format,
    parts::{FaultNotice, Notice, PageLink, fault_of},
    session::{HubField, MainPage, Session, at_hub},
    words,
};
use domain::ProposalId;
use leptos::{either::Either, html::Details, prelude::*};
use leptos_router::hooks::use_query_map;
use wire::{
    AppError, Moment,
    staff::control_room::{Change, Freedom, Gains, Overtime, PlanAnswer, ProposalView},
};

/// The three things that can be done about a plan, and which proposal they are about.
#[derive(Clone, Copy)]
pub struct PlanActions {
    seen: StoredValue<(Option<ProposalId>, bool)>,
    /// Whether the reader has opened what waits.
    wanted: RwSignal<bool>,
    /// What had changed, if what waits was made because the day had overtaken the one before.
    renewed: RwSignal<Option<String>>,
    propose: Act<bool>,
    accept: Act<i32>,
    decline: Act<()>,
}

impl PlanActions {
    /// Nothing done yet.
    ///
    /// A plan that the day has overtaken is made anew at once: whoever wanted it wants a fresh one.
    pub fn new() -> Self {
        let this = Self {
            seen: StoredValue::default(),
            wanted: RwSignal::new(use_query_map().read_untracked().get("plan").is_some()),
            renewed: RwSignal::new(None),
            propose: Act::of::<ProposePlan>(),
            accept: Act::of::<AcceptProposal>(),
            decline: Act::of::<DeclineProposal>(),
        };
        let hub = Session::here().hub;
        Effect::new(move |before: Option<usize>| {
            let version = this.accept.version().get();
            if before.is_some_and(|before| before != version) {
                let changed = match untrack(|| this.accept.fault()) {
                    Some(Fault(AppError::PlanOvertaken { why })) => Some(why.to_string()),
                    Some(Fault(AppError::PlanStale)) => Some("The day has moved on".to_owned()),
                    _ => None,
                };
                let stale = changed.is_some();
                this.renewed.set(changed);
                if stale {
                    this.accept.clear();
                    this.propose.send(&hub.map(|hub| format!("hub={hub}")).unwrap_or_default());
                }
            }
            version
        });
        this
    }

    /// Whether an odd number of proposals has come with this one.
    ///
    /// Another proposal must be another form: one that is reused keeps what was chosen in it, or nothing.
    fn is_odd(self, proposal: ProposalId) -> bool {
        self.seen.try_update_value(|(seen, odd)| {
            *odd ^= seen.replace(proposal) != Some(proposal);
            *odd
        }) == Some(true)
    }

    /// Grows with each answer; what depends on the plan reloads.
    pub fn versions(self) -> usize {
        self.propose.version().get() + self.accept.version().get() + self.decline.version().get()
    }

    fn fault(self) -> Option<Fault> {
        fault_of(self.propose)
            .get()
            .or_else(|| fault_of(self.accept).get())
            .or_else(|| fault_of(self.decline).get())
    }
}

/// The waiting proposal, or the button that asks for one.
#[component]
pub fn PlanBox(
    /// What is wrong with travel times.
    trouble: Option<String>,
    plan_at: Moment,
    revision: Option<i32>,
    proposal: Option<ProposalView>,
    actions: PlanActions,
) -> impl IntoView {
    let may_plan = Session::here().role().is_some_and(domain::Role::may_dispatch);
    let waits = proposal.is_some();
    let body = if let Some(proposal) = proposal {
        let is_odd = actions.is_odd(proposal.id);
        let card = view! { <ProposalCard proposal may_plan actions /> };
        if is_odd { Either::Left(card) } else { Either::Right(card) }.into_any()
    } else {
        let says = match revision {
            Some(revision) => format!("Plan revision {revision}."),
            None => format!("The day is planned at {}.", format::clock(plan_at)),
        };
        view! {
            <div class="plan-line">
                <p class="quiet">{says}</p>
                {(may_plan && revision.is_some()).then(|| view! { <PlanAgain actions primary=false /> })}
            </div>
        }
        .into_any()
    };
    // What answers a press stands in the card above its buttons, or beside the line.
    let answer = (!waits).then(|| view! { <Answer actions waits /> });
    view! {
        <section class="plan" aria-label="Plan">
            {trouble.map(|text| view! { <Notice text /> })}
            {answer}
            {body}
        </section>
    }
}

/// What came of the latest press.
#[component]
fn Answer(actions: PlanActions, waits: bool) -> impl IntoView {
    move || {
        let pending = actions.propose.pending().get();
        if let Some(why) = actions.renewed.get().filter(|_| waits || pending) {
            let now = if pending { "Looking for a fresh plan." } else { "This plan is fresh." };
            let says = format!("{why}, so nothing was changed. {now}");
            return Some(view! { <Notice text=says /> }.into_any());
        }
        if let Some(fault) = actions.fault() {
            return Some(view! { <FaultNotice fault /> }.into_any());
        }
        if let Some(accepted) = actions.accept.answer().and_then(Result::ok) {
            return Some(
                view! { <Notice text=format!("Accepted. The plan is now revision {accepted}.") /> }
                    .into_any(),
            );
        }
        let none = !waits && actions.propose.answer() == Some(Ok(false));
        none.then(|| {
            view! { <Notice text="No other plan is worth its changes. The plan stays." /> }.into_any()
        })
    }
}

#[component]
fn PlanAgain(actions: PlanActions, primary: bool) -> impl IntoView {
    let pending = actions.propose.pending();
    view! {
        <ActForm act=actions.propose>
            <HubField />
            <button
                class=if primary { "button primary" } else { "button" }
                type="submit"
                disabled=move || pending.get()
                aria-busy=move || pending.get().to_string()
            >
                {move || if pending.get() { "Looking for a better plan" } else { "Plan again" }}
            </button>
        </ActForm>
    }
}

#[component]
fn ProposalCard(proposal: ProposalView, may_plan: bool, actions: PlanActions) -> impl IntoView {
    let ProposalView { id, based_on, made_at, stale, answers } = proposal;
    // A free hand is for whoever asks for it, and so is what breaks a promise.
    let usual = || answers.iter().filter(|answer| answer.freedom != Freedom::Free);
    let first =
        usual().rfind(|answer| answer.gains.promises_lost == 0).or(usual().next_back()).or(answers.first());
    let first = first.map(|answer| answer.freedom);
    // What is read is what would be accepted.
    let chosen = RwSignal::new(first);
    let lines: Vec<_> = answers
        .iter()
        .map(|answer| (answer.freedom, words::gains(&answer.gains, answer.changes.len() as i64)))
        .collect();
    let line = move || {
        let line = lines.iter().find(|(freedom, _)| Some(*freedom) == chosen.get());
        line.map(|(_, line)| line.clone())
    };
    let busy = move || actions.accept.pending().get() || actions.decline.pending().get();
    let may_accept = may_plan && !stale;
    let choices = answers
        .iter()
        .map(|PlanAnswer { freedom, gains, changes, .. }| {
            let (freedom, says) = (*freedom, words::gains(gains, changes.len() as i64));
            view! {
                <label>
                    {may_accept
                        .then(|| {
                            view! {
                                <input
                                    type="radio"
                                    name="freedom"
                                    value=freedom.code()
                                    required
                                    checked=Some(freedom) == first
                                    on:change=move |_| chosen.set(Some(freedom))
                                />
                            }
                        })}
                    <span>
                        <b>{words::freedom(freedom)}</b>
                        {says}
                    </span>
                </label>
            }
        })
        .collect_view();
    let choices = view! {
        <fieldset class="answers">
            <legend class="unseen">"Which plan"</legend>
            {choices}
        </fieldset>
    };
    let decision = if may_plan {
        let accept = if may_accept {
            view! {
                <ActForm act=actions.accept attr:class="accept">
                    <input type="hidden" name="proposal" value=id.to_string() />
                    <input type="hidden" name="based_on" value=based_on.to_string() />
                    {choices}
                    <button class="button primary" type="submit" disabled=busy>
                        "Accept plan"
                    </button>
                </ActForm>
            }
            .into_any()
        } else {
            view! {
                {choices}
                <p class="wrong">"The day has moved on since. Plan again for a fresh one."</p>
            }
            .into_any()
        };
        view! {
            <div class="actions">
                {accept} <ActForm act=actions.decline>
                    <input type="hidden" name="proposal" value=id.to_string() />
                    <button class="button" type="submit" disabled=busy>
                        "Decline"
                    </button>
                </ActForm> <PlanAgain actions primary=!may_accept />
            </div>
        }
        .into_any()
    } else {
        view! {
            {choices}
            <p class="quiet">"A dispatcher decides on it."</p>
        }
        .into_any()
    };
    let details = answers
        .into_iter()
        .map(|PlanAnswer { freedom, gains, overtime, changes }| {
            let stops = format::counted(changes.len() as i64, "stop", "stops");
            view! {
                <details open=move || Some(freedom) == chosen.get()>
                    <summary>{format!("{}: {stops}", words::freedom(freedom))}</summary>
                    <GainsTable gains overtime />
                    <ol class="changes">{changes.into_iter().map(|change| view! { <ChangeLine change /> }).collect_view()}</ol>
                </details>
            }
        })
        .collect_view();
    let wanted = actions.wanted;
    let sheet = NodeRef::<Details>::new();
    view! {
        <details
            class="proposal"
            node_ref=sheet
            open=wanted.get_untracked()
            on:toggle=move |_| {
                if let Some(sheet) = sheet.get_untracked() {
                    wanted.set(sheet.open());
                }
            }
        >
            <summary>
                <h2>{if stale { "A plan that the day has overtaken" } else { "A better plan" }}</h2>
                <small>{line}</small>
            </summary>
            <div class="proposal-sheet">
                <Answer actions waits=true />
                {decision}
                {details}
                <p class="quiet">{format!("Made at {} for revision {based_on}.", format::clock(made_at))}</p>
            </div>
        </details>
    }
}

#[component]
fn GainsTable(gains: Gains, overtime: Vec<Overtime>) -> impl IntoView {
    let rows = [
        ("Late stops", gains.late_before, gains.late_after),
        ("Lateness, min", gains.late_min_before, gains.late_min_after),
        ("Work ahead, min", gains.work_min_before, gains.work_min_after),
        ("Driving of it, min", gains.drive_min_before, gains.drive_min_after),
        ("Without a place", gains.unplanned_before, gains.unplanned_after),
        ("Past the shift, min", gains.overtime_min_before, gains.overtime_min_after),
    ];
    let drivers = overtime.into_iter().map(|own| (own.label + " of it", own.min_before, own.min_after));
    let rows = rows.into_iter().map(|(what, before, after)| (what.to_owned(), before, after)).chain(drivers);
    view! {
        <table class="gains">
            <caption class="unseen">"What the plan gains"</caption>
            <thead>
                <tr>
                    <th scope="col">
                        <span class="unseen">"Measure"</span>
                    </th>
                    <th scope="col" class="number">"Now"</th>
                    <th scope="col" class="number">"New"</th>
                    <th scope="col" class="number">"Change"</th>
                </tr>
            </thead>
            <tbody>
                {rows
                    .map(|(what, before, after)| {
                        view! {
                            <tr>
                                <th scope="row">{what}</th>
                                <td class="number">{format::count(before)}</td>
                                <td class="number">{format::count(after)}</td>
                                <td class="number gain" data-better=(after < before).then_some("yes")>
                                    {format::signed(after - before)}
                                </td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn ChangeLine(change: Change) -> impl IntoView {
    view! {
        <li>
            <PageLink page=MainPage::Deliveries href=at_hub(&format!("/deliveries/{}", change.order)) text=change.address.clone() />
            <small>{words::change(&change)}</small>
        </li>
    }
}
