-- People work at every hub or at some, keys have names and say when they were used, and what administrators change of both
-- is remembered.
alter table people
    add column every_hub boolean not null default true,
    add column seen_at timestamptz,
    add column version integer not null default 1;
comment on column people.seen_at is 'when a session was opened or used last; sessions themselves are forgotten';
comment on column people.version is 'grows with each change of role, hubs, password or access: a change that was made from an older view is refused';
update people set seen_at = s.seen_at
from (select person_id, max(seen_at) as seen_at from sessions group by person_id) as s
where s.person_id = people.id;

-- Where somebody works who does not work everywhere; without a row, nowhere.
create table person_hubs (
    person_id uuid not null references people,
    hub_id uuid not null references hubs,
    primary key (person_id, hub_id)
);

-- A link by which somebody is invited, or has a password reset, leads to where a password is set.
alter table sign_in_links add column sets_password boolean not null default false;
create index sign_in_links_by_person on sign_in_links (person_id);

alter table api_keys
    add column name text,
    add column last_used_at timestamptz,
    add column made_by uuid references people;
comment on column api_keys.made_by is 'null: the command line, or another system';
alter table devices
    add column name text,
    add column last_used_at timestamptz,
    add column made_by uuid references people;
create index devices_by_vehicle on devices (vehicle_id);

-- What was changed about people and keys, by ids alone. It is no event: it happens at no hub.
create table account_changes (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    by_person uuid references people,
    what text not null,
    person_id uuid references people,
    key_id text,
    role text
);
comment on column account_changes.by_person is 'null: the command line';
comment on column account_changes.role is 'the role that was given';
