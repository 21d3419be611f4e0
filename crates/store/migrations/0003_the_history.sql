-- Everything that happened, once, in order. Nothing here is ever changed or deleted.
create table events (
    id bigint generated always as identity primary key,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    source text not null,
    actor jsonb not null,
    hub_id uuid not null,
    kind text not null,
    order_id uuid,
    stop_id uuid,
    route_id uuid,
    vehicle_id uuid,
    exception_id uuid,
    facts jsonb not null
);
create index events_by_order on events (order_id, id) where order_id is not null;
create index events_by_exception on events (exception_id, id) where exception_id is not null;
create index events_by_kind on events (hub_id, kind, occurred_at);

create function events_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'events are append-only';
end $$;
create trigger events_are_final before update or delete or truncate on events
    for each statement execute function events_are_final();

-- Reports that devices have sent, by the device's own id, so that sending one twice is harmless.
create table reports (
    id uuid primary key,
    vehicle_id uuid not null references vehicles,
    received_at timestamptz not null
);

-- Readings: time first in the key, one partition a day, so that inserts append and old days drop whole.
create table positions (
    at timestamptz not null,
    vehicle_id uuid not null,
    lat double precision not null,
    lon double precision not null,
    speed_mps real,
    heading_deg real,
    accuracy_m real,
    battery_percent real,
    received_at timestamptz not null,
    primary key (at, vehicle_id)
) partition by range (at);

-- The newest reading of each vehicle, and how far its readings have been interpreted.
create table latest_positions (
    vehicle_id uuid primary key references vehicles,
    at timestamptz not null,
    lat double precision not null,
    lon double precision not null,
    speed_mps real,
    heading_deg real,
    received_at timestamptz not null
);
create table interpreted (
    vehicle_id uuid primary key references vehicles,
    until timestamptz not null
);
