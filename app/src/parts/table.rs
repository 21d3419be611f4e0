//! Tables, always with a caption, scoped headers and a body, in a box that scrolls by itself when it is narrow.

use leptos::prelude::*;

/// One column's header.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    label: &'static str,
    number: bool,
    hidden: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(label: &'static str) -> Self {
        Self { label, number: false, hidden: false }
    }

    /// A column of numbers, aligned to the right; the unit belongs into its label.
    pub const fn numbers(label: &'static str) -> Self {
        Self { label, number: true, hidden: false }
    }

    /// A column whose header is only heard, such as one of buttons or bars.
    pub const fn unlabelled(label: &'static str) -> Self {
        Self { label, number: false, hidden: true }
    }
}

/// A table with its rows as children, each a `<tr>`.
#[component]
pub fn Table(
    /// What the table shows.
    #[prop(into)]
    caption: String,
    /// Whether the caption is only heard, because a heading above says the same.
    #[prop(optional)]
    caption_hidden: bool,
    /// Its columns.
    columns: &'static [Column],
    /// A class for a page's own rules.
    #[prop(optional)]
    class: &'static str,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    view! {
        <div class="table-box" role="group" aria-label=label tabindex="0">
            <table class=class>
                <caption class=if caption_hidden { "unseen" } else { "" }>{caption}</caption>
                <thead>
                    <tr>
                        {columns
                            .iter()
                            .map(|column| {
                                view! {
                                    <th scope="col" class=if column.number { "number" } else { "" }>
                                        <span class=if column.hidden { "unseen" } else { "" }>{column.label}</span>
                                    </th>
                                }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
