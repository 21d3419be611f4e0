-- How long parking and walking to a door takes, by kind of vehicle and area, as the fleet's own drives show. Conclusions.
create table approaches (
    hub_id uuid not null references hubs,
    bike boolean not null,
    cell_x integer not null,
    cell_y integer not null,
    legs double precision not null,
    seconds double precision not null,
    primary key (hub_id, bike, cell_x, cell_y)
);
create table approaches_read (
    hub_id uuid primary key references hubs,
    attempt_id uuid not null
);
create index attempts_by_route on attempts (route_id, ended_at);

-- The estimate that held when a stop was so many minutes ahead, and the range that was told with it, to be scored.
create table kept_estimates (
    stop_id uuid not null references stops,
    horizon_min smallint not null,
    made_at timestamptz not null,
    arrival timestamptz not null,
    early timestamptz,
    late timestamptz,
    primary key (stop_id, horizon_min)
);
create index kept_estimates_by_time on kept_estimates (made_at);

-- What earlier days have left open is shown until somebody ends it.
create index exceptions_unresolved on exceptions (hub_id, day) where state <> 'resolved';

-- What had been promised when an attempt ended: the board of the day counts by it, as the figures do.
alter table attempts add column promised_from timestamptz, add column promised_until timestamptz;
update attempts set promised_from = (e.facts->'promise'->'latest'->>'from')::timestamptz,
                    promised_until = (e.facts->'promise'->'latest'->>'until')::timestamptz
from events e
where e.order_id = attempts.order_id and e.kind = 'attempt_made' and e.facts->'attempt'->>'id' = attempts.id::text;

-- Orders by the first window that they were promised, for the figure of promises kept.
create index orders_by_original on orders (hub_id, original_until);
