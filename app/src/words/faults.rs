//! What a person is told when something did not work: what happened, what it means, what to do.

use domain::Role;
use wire::{AccountFault, AppError};

/// What happened, what it means and what to do.
pub fn fault(error: AppError) -> String {
    match error {
        AppError::NotSignedIn => "Your session has ended. Sign in again to go on.".to_owned(),
        AppError::WrongPassword => {
            "The name or the password is wrong. Check both and try again, or ask an administrator for a new password."
                .to_owned()
        }
        AppError::LinkSpent => {
            "This sign-in link has been used or is too old. Sign in with your password, or ask for a new link.".to_owned()
        }
        AppError::NeedsHttps => {
            "Browsers keep a session only over https or on this machine itself. Open the https address, or use localhost."
                .to_owned()
        }
        AppError::TooManyTries => {
            "Too many tries for this account or from this address. Wait a minute, then try again; a sign-in link works at once."
                .to_owned()
        }
        AppError::NotAllowed { role } => format!(
            "{} cannot do this. Ask somebody whose role allows it, or an administrator for another role.",
            match role {
                Role::Dispatcher => "A dispatcher",
                Role::Manager => "A manager",
                Role::Agent => "An agent",
                Role::Administrator => "This account",
            }
        ),
        AppError::NotFound => "There is no such thing, or not any more. Go back and choose another.".to_owned(),
        AppError::NoHub => {
            "No hub has been set up yet, so there is no day to show. An administrator's system sends one to \
             /api/v1/operation; load this page again afterwards."
                .to_owned()
        }
        AppError::Invalid => "Something in the form cannot be read. Check it and send it again.".to_owned(),
        AppError::NoSuchDay => {
            "A day is written as 2026-03-04, in the years 2000 to 2199. Choose another.".to_owned()
        }
        AppError::OrderClosed => {
            "This order has been delivered, collected or cancelled, so it cannot change. Its story says when.".to_owned()
        }
        AppError::OrderOnTheRoad => {
            "The goods are on the road, so this cannot change now. Move the window within today, or wait until they \
             are back at the hub."
                .to_owned()
        }
        AppError::SlotGone => "That window no longer fits. Nothing was changed. Choose another.".to_owned(),
        AppError::QuoteGone => {
            "The promise or the price has changed since this was shown. Nothing was changed. Choose again.".to_owned()
        }
        AppError::OwnedByOther => {
            "Somebody else has claimed this. Nothing was changed. Ask its owner to release it.".to_owned()
        }
        AppError::AlreadyResolved => "This is resolved already. Reopen it if it is not over.".to_owned(),
        AppError::PlanStale => {
            "The day has moved on since this plan was made. Nothing was changed. Plan again for a fresh one.".to_owned()
        }
        AppError::PlanOvertaken { why } => format!("{why}. Nothing was changed. Plan again for a fresh one."),
        AppError::VehiclesOut => {
            "A vehicle is still on the road, so the day goes on. Nothing was changed. Close it once all are back.".to_owned()
        }
        AppError::DayClosed => "This day is closed. Nothing was changed. Choose a later one.".to_owned(),
        AppError::NothingToPlan => {
            "There is nothing to plan anew: no stop is open, or no vehicle has a shift left. Nothing was changed.".to_owned()
        }
        AppError::NotDrawn => {
            "The closure has too few places, or some that cannot be read. A road needs two, an area three: draw them on the \
             map, or write them one to a line: degrees north, a comma, degrees east. Nothing was changed."
                .to_owned()
        }
        AppError::NoRoadThere => {
            "No road lies where the closure was drawn. Draw along a road, across one, or around some. Nothing was changed."
                .to_owned()
        }
        AppError::ClosureIncomplete => {
            "A closure needs a reason of at most 120 characters, a kind of vehicle, and an end that is still to come, at most \
             366 days ahead. Nothing was changed."
                .to_owned()
        }
        AppError::Account { why } => account_fault(why).to_owned(),
        AppError::Busy => "We are at our limit right now. Nothing was changed. Try again in a moment.".to_owned(),
        AppError::Broken { id } => format!(
            "Something of ours failed and nothing was changed. Try again; if it stays, report error {id}."
        ),
        AppError::Unreachable => {
            "The server could not be reached, so nothing was changed or renewed. Check the connection and try again.".to_owned()
        }
    }
}

/// What happened, what it means and what to do.
pub fn account_fault(fault: AccountFault) -> &'static str {
    match fault {
        AccountFault::NoHubs => {
            "Your account has no hub to work at, so there is nothing to sign in to. Ask an administrator to give it one."
        }
        AccountFault::NameTaken => {
            "Somebody has this name already, in whatever case. Nobody was invited. Write it otherwise, or change the person \
             there is."
        }
        AccountFault::PersonIncomplete => {
            "A person needs a name of 1 to 80 characters, a role, and every hub or at least one. Nothing was changed."
        }
        AccountFault::LastAdministrator => {
            "This is the last administrator who may come in. Nothing was changed. Make somebody else an administrator first."
        }
        AccountFault::OwnAccount => {
            "Nobody changes the own role, hubs or access. Nothing was changed. Ask another administrator; the menu leads to \
             your account, where your password is."
        }
        AccountFault::PersonChanged => {
            "Somebody else has changed this person since the page was loaded. Nothing was changed. Look again and decide anew."
        }
        AccountFault::PersonDisabled => {
            "This person is disabled, so a link would open nothing. Let the person in again first."
        }
        AccountFault::WeakPassword => {
            "A password needs 10 to 200 characters and must not be among the first that anybody would try, such as the name \
             with a year. Take some words of your own."
        }
        AccountFault::PasswordsDiffer => {
            "The two new passwords are not the same. Nothing was changed. Type the same one twice."
        }
        AccountFault::WrongPresentPassword => {
            "The present password does not fit. Nothing was changed. Try again, or ask an administrator for a link to set another."
        }
        AccountFault::KeyUnnamed => {
            "A key needs a name of 1 to 80 characters, so that it can be found again. Nothing was made."
        }
        AccountFault::NoSuchHolder => {
            "There is no shop or vehicle of this name. Nothing was made. Write the shop's name or the vehicle's label as its \
             list has it."
        }
        AccountFault::WhichHub => {
            "Two hubs have a vehicle of this label. Nothing was made. Choose the hub too."
        }
        AccountFault::KeyRevoked => "This key was revoked before and opens nothing. Nothing was changed.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_says_what_to_do() {
        let faults = [
            AppError::NotSignedIn,
            AppError::WrongPassword,
            AppError::LinkSpent,
            AppError::TooManyTries,
            AppError::NeedsHttps,
            AppError::NotAllowed { role: Role::Manager },
            AppError::NotFound,
            AppError::NoHub,
            AppError::Invalid,
            AppError::OrderClosed,
            AppError::OrderOnTheRoad,
            AppError::SlotGone,
            AppError::QuoteGone,
            AppError::OwnedByOther,
            AppError::AlreadyResolved,
            AppError::PlanStale,
            AppError::PlanOvertaken { why: domain::Overtaken::StopVisited },
            AppError::VehiclesOut,
            AppError::DayClosed,
            AppError::NothingToPlan,
            AppError::NotDrawn,
            AppError::NoRoadThere,
            AppError::ClosureIncomplete,
            AppError::Account { why: wire::AccountFault::NoHubs },
            AppError::Busy,
            AppError::Broken { id: 123_456 },
            AppError::Unreachable,
        ];
        for error in faults {
            let sentence = fault(error);
            assert!(sentence.ends_with('.') && sentence.len() > 40, "{error:?}: {sentence}");
            assert!(!sentence.contains('!'), "{error:?}: {sentence}");
        }
        assert!(fault(AppError::Broken { id: 123_456 }).contains("error 123456"), "as the log has it");
    }

    #[test]
    fn every_account_fault_says_what_to_do() {
        for fault in AccountFault::ALL {
            let sentence = account_fault(fault);
            assert!(sentence.ends_with('.') && sentence.len() > 40, "{fault:?}: {sentence}");
        }
    }
}
