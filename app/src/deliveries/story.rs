//! An order's story: all that happened to it, in order.

use crate::{format, parts::Mark, words};
use leptos::prelude::*;
use wire::{
    Moment,
    staff::deliveries::{StoryFact, StoryLine},
};

/// The timeline, oldest first.
#[component]
pub fn Story(story: Vec<StoryLine>, as_of: Moment) -> impl IntoView {
    view! {
        <section aria-labelledby="story-title">
            <h2 id="story-title">"Story"</h2>
            <ol class="story">
                {story
                    .into_iter()
                    .map(|line| {
                        let note = match &line.what {
                            StoryFact::Attempt { note: Some(note), .. } => Some(format!("“{note}”")),
                            _ => None,
                        };
                        view! {
                            <li>
                                <span class="story-time">{format::clock_from(line.at, as_of)}</span>
                                <Mark standing=words::story_standing(&line.what) />
                                <span class="story-what">
                                    {words::story(&line.what, as_of)}
                                    {note.map(|note| view! { <small>{note}</small> })}
                                    {line.by.map(|by| view! { <small>{by}</small> })}
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}
