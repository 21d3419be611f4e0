-- What follows from events is made by projectors, each of which remembers how far it has read.
create table projector_cursors (
    name text primary key,
    epoch smallint not null,
    tx xid8 not null,
    event_id bigint not null
);

-- Counts that add, by the hour in which attempts ended, on the hub's calendar; rates are made when somebody asks.
create table rollup_attempts (
    hub_id uuid not null,
    day date not null,
    hour timestamptz not null,
    outcome text not null,
    attempts bigint not null,
    firsts bigint not null,
    on_time_latest bigint not null,
    on_time_original bigint not null,
    primary key (hub_id, day, hour, outcome)
);
comment on column rollup_attempts.hour is 'when the hour began; clocks that go back have the same hour twice, and these are two';

-- Times on the road, by the day on which vehicles left.
create table rollup_routes (
    hub_id uuid not null,
    day date not null,
    vehicle_id uuid not null,
    routes bigint not null,
    road_ms bigint not null,
    still_out bigint not null,
    out_since_ms bigint not null,
    primary key (hub_id, day, vehicle_id)
);
comment on column rollup_routes.road_ms is 'of routes that are back';
comment on column rollup_routes.out_since_ms is 'the sum of when those left that are out, in milliseconds since 1970';
