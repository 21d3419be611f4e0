-- The ground that a hub serves: orders to doors in a zone go to its hub. Without any zone they go to the nearest hub, as before.
create table zones (
    id uuid primary key,
    hub_id uuid not null references hubs,
    name text not null,
    outline jsonb not null,
    from_day date not null,
    until_day date check (until_day >= from_day)
);
comment on column zones.outline is 'polygons, of each the outer ring and then its holes, each a list of corners';
comment on column zones.until_day is 'the first day on which it holds no more';
create index zones_by_hub on zones (hub_id, from_day);
