-- What is true now. Every row here can be rebuilt from the events, and changes only in the transaction that adds one.
create table orders (
    id uuid primary key,
    hub_id uuid not null references hubs,
    shop_id uuid not null references shops,
    reference text not null,
    recipient_name text not null,
    recipient_phone text not null,
    address text not null,
    lat double precision not null,
    lon double precision not null,
    day date not null,
    original_from timestamptz not null,
    original_until timestamptz not null,
    latest_from timestamptz not null,
    latest_until timestamptz not null,
    consignment_id uuid not null,
    service_s integer not null check (service_s between 0 and 7200),
    placed_at timestamptz not null,
    state text not null,
    stop_id uuid,
    state_at timestamptz,
    aboard uuid references vehicles,
    constraint orders_reference_key unique (shop_id, reference),
    -- Words of the reference, name, address and phone, without accents, so that any beginning of any of them finds it.
    search tsvector not null generated always as (
        to_tsvector(
            'simple',
            regexp_replace(
                translate(
                    lower(reference || ' ' || recipient_name || ' ' || address),
                    'ħġżċàáâäèéêëìíîïòóôöùúûü', 'hgzcaaaaeeeeiiiioooouuuu'
                ),
                '[^[:alnum:]]+', ' ', 'g'
            )
            || ' ' || regexp_replace(reference, '[^[:alnum:]]+', '', 'g')
            || ' ' || regexp_replace(recipient_phone, '[^0-9]+', '', 'g')
            || ' ' || right(regexp_replace(recipient_phone, '[^0-9]+', '', 'g'), 8)
        )
    ) stored
);
create index orders_by_day on orders (hub_id, day, state);
create index orders_aboard on orders (aboard) where aboard is not null;
create index orders_by_search on orders using gin (search);

create table packages (
    id uuid primary key,
    order_id uuid not null references orders,
    consignment_id uuid not null,
    place integer not null,
    barcode text not null,
    weight_g bigint not null check (weight_g >= 0),
    volume_ml bigint not null check (volume_ml >= 0)
);
create index packages_by_order on packages (order_id);

create table plans (
    id uuid primary key,
    hub_id uuid not null references hubs,
    day date not null,
    revision integer not null,
    published_at timestamptz not null,
    state text not null,
    constraint plans_revision_key unique (hub_id, day, revision)
);

create table routes (
    id uuid primary key,
    hub_id uuid not null references hubs,
    day date not null,
    vehicle_id uuid not null references vehicles,
    driver_id uuid not null references drivers,
    planned_start timestamptz not null,
    planned_end timestamptz not null,
    shift_until timestamptz not null,
    departed_at timestamptz,
    finished_at timestamptz,
    constraint routes_vehicle_key unique (vehicle_id, day)
);
create index routes_by_day on routes (hub_id, day);

create table stops (
    id uuid primary key,
    route_id uuid not null references routes,
    order_id uuid not null references orders,
    sequence integer not null,
    planned_arrival timestamptz not null,
    planned_departure timestamptz not null,
    travel_s integer not null,
    state text not null,
    arrived_at timestamptz,
    ended_at timestamptz,
    outcome text
);
create index stops_by_route on stops (route_id, sequence);
create index stops_by_order on stops (order_id);

create table attempts (
    id uuid primary key,
    stop_id uuid not null references stops,
    order_id uuid not null references orders,
    route_id uuid not null references routes,
    number integer not null,
    arrived_at timestamptz not null,
    ended_at timestamptz not null,
    outcome text not null,
    note text,
    constraint attempts_stop_key unique (stop_id)
);
create index attempts_by_order on attempts (order_id);

create table exceptions (
    id uuid primary key,
    hub_id uuid not null references hubs,
    day date not null,
    kind text not null,
    order_id uuid references orders,
    stop_id uuid references stops,
    route_id uuid references routes,
    vehicle_id uuid references vehicles,
    raised_at timestamptz not null,
    save_by timestamptz,
    state text not null,
    claimed_by uuid,
    claimed_at timestamptz,
    resolved_by uuid,
    resolved_at timestamptz,
    resolution text
);
create index exceptions_by_day on exceptions (hub_id, day, state);
-- One unresolved exception of a kind for one subject.
create unique index exceptions_once on exceptions
    (kind, coalesce(stop_id, order_id, route_id, vehicle_id)) where state <> 'resolved';

-- Expected arrivals are conclusions, not facts: they are overwritten, and no event keeps them.
create table etas (
    stop_id uuid primary key references stops,
    arrival timestamptz not null,
    as_of timestamptz not null
);
create table returns_expected (
    route_id uuid primary key references routes,
    arrival timestamptz not null,
    as_of timestamptz not null
);

create table proposals (
    id uuid primary key,
    hub_id uuid not null references hubs,
    day date not null,
    based_on integer not null,
    made_at timestamptz not null,
    state text not null,
    content jsonb not null
);
create index proposals_open on proposals (hub_id, day) where state = 'open';
