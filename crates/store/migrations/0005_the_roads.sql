-- What changes on the roads: closures and weather by somebody's word, and what the fleet's own drives have shown.
create table closures (
    id uuid primary key,
    hub_id uuid not null references hubs,
    shape jsonb not null,
    reason text not null,
    streets text not null,
    bars text[] not null,
    from_at timestamptz not null,
    until_at timestamptz not null check (until_at > from_at),
    lifted_at timestamptz
);
create index closures_by_end on closures (hub_id, until_at);

create table weather (
    hub_id uuid primary key references hubs,
    weather text not null
);

-- How often a road of a group took about so many times its free time, by kind of day and hour. Conclusions, not events.
create table road_passes (
    hub_id uuid not null references hubs,
    day_kind text not null,
    road_group text not null,
    hour smallint not null,
    bucket smallint not null,
    passes double precision not null,
    primary key (hub_id, day_kind, road_group, hour, bucket)
);

-- Until when the drives of a vehicle have been read.
create table road_watermarks (
    vehicle_id uuid primary key references vehicles,
    read_until timestamptz not null
);
