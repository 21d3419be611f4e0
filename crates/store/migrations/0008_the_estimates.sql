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
