-- What a million orders need: an index for every question that is asked of all of history, any part of a word found by
-- its letters in threes, and three rules that only the code has kept so far.
create extension if not exists pg_trgm;

create index exceptions_by_order on exceptions (order_id) where order_id is not null;
create index events_by_route on events (route_id, kind) where route_id is not null;
create index orders_by_reference on orders (lower(reference));
create index orders_by_promise on orders (latest_until desc, reference);
create index proposals_by_time on proposals (made_at);
create index reports_by_time on reports (received_at);

-- Letters and digits only, in lower case and without accents. What is stored and what is asked for both go through it.
create function folded(said text) returns text language sql immutable strict parallel safe
return regexp_replace(
    translate(
        regexp_replace(replace(normalize(lower(said), nfd), 'ß', 'ss'), '[\u0300-\u036f]', '', 'g'),
        'ħøłđı', 'holdi'
    ),
    '[^[:alnum:]]+', ' ', 'g'
);

-- The digits of a phone number from its country's code on, or from its area's: without +, 00, 0 and (0).
create function phone_digits(said text) returns text language sql immutable strict parallel safe
return regexp_replace(regexp_replace(replace(said, '(0)', ''), '[^0-9]+', '', 'g'), '^0+', '');

-- Whether a text holds every word of a question, or the phone beside it is the number that the question is. `tail` is the
-- end of that number: few texts hold it, so only their phones are looked at closely.
create function is_found(found_by text, phone text, words text[], tail text, number text) returns boolean
language sql immutable parallel safe
return found_by like all (words)
    or number is not null and found_by like tail and (
        found_by like '%' || number || '%'
        or length(phone_digits(phone)) >= 7 and right(number, length(phone_digits(phone))) = phone_digits(phone)
    );

-- Earlier versions search by the column `search` until they are replaced; the next migration may drop it.
drop index orders_by_search;
alter table orders add column found_by text not null generated always as (
    folded(reference || ' ' || recipient_name || ' ' || address)
    || ' ' || regexp_replace(folded(reference), ' ', '', 'g')
    || ' ' || phone_digits(recipient_phone)
) stored;
-- What was added lately is looked through on each search: little of it may gather before it goes into the index proper.
create index orders_by_part on orders using gin (found_by gin_trgm_ops) with (gin_pending_list_limit = 256);

create unique index plans_published on plans (hub_id, day) where state = 'published';
create unique index stops_open on stops (order_id) where state in ('pending', 'arrived');

-- Two that were made in the same moment could both be open.
update proposals set state = 'replaced'
where state = 'open' and exists (
    select from proposals later
    where later.hub_id = proposals.hub_id and later.day = proposals.day and later.state = 'open'
      and (later.made_at, later.id) > (proposals.made_at, proposals.id)
);
drop index proposals_open;
create unique index proposals_open on proposals (hub_id, day) where state = 'open';
