-- What was constant in the program an administrator can set: prices, windows, alarms, factors, and how long things are kept.
create table settings (
    hub_id uuid references hubs,
    key text not null,
    value jsonb not null,
    changed_at timestamptz not null,
    changed_by uuid not null references people,
    constraint settings_once unique nulls not distinct (hub_id, key)
);
comment on column settings.hub_id is 'null: for all hubs; a hub''s own value stands above it';

-- Who changed what, in order. No events: those belong to one hub each, and a setting may belong to all of them.
create table setting_changes (
    id bigint generated always as identity primary key,
    hub_id uuid references hubs,
    key text not null,
    before jsonb not null,
    after jsonb not null,
    given_back boolean not null,
    changed_at timestamptz not null,
    changed_by uuid not null references people
);
comment on column setting_changes.before is 'what held for the hub, or for all hubs: its own value or the one below it';
comment on column setting_changes.given_back is 'the own value was taken away, so that the one below it holds again';
create index setting_changes_by_hub on setting_changes (hub_id, key, id);

create function setting_changes_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'setting_changes are append-only';
end $$;
create trigger setting_changes_are_final before update or delete or truncate on setting_changes
    for each statement execute function setting_changes_are_final();
