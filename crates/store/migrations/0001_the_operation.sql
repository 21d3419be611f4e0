-- Who works here and what they drive: the hub, its shops, vehicles and drivers, and the secrets by which systems speak.
create table hubs (
    id uuid primary key,
    name text not null,
    lat double precision not null,
    lon double precision not null,
    zone text not null,
    plan_at time not null,
    constraint hubs_name_key unique (name)
);

create table shops (
    id uuid primary key,
    name text not null,
    constraint shops_name_key unique (name)
);

create table drivers (
    id uuid primary key,
    name text not null
);

create table vehicles (
    id uuid primary key,
    hub_id uuid not null references hubs,
    label text not null,
    kind text not null,
    capacity_g bigint not null check (capacity_g > 0),
    capacity_ml bigint not null check (capacity_ml > 0),
    shift_from time not null,
    shift_until time not null,
    driver_id uuid not null references drivers,
    off_road_since timestamptz,
    off_road_reason text,
    constraint vehicles_label_key unique (hub_id, label),
    check ((off_road_since is null) = (off_road_reason is null))
);

-- Secrets are stored as SHA-256 only; a lost one is replaced, never shown.
create table api_keys (
    token_hash bytea primary key,
    shop_id uuid references shops,
    created_at timestamptz not null,
    revoked_at timestamptz
);
comment on column api_keys.shop_id is 'null: an administrator''s key';

create table devices (
    token_hash bytea primary key,
    vehicle_id uuid not null references vehicles,
    created_at timestamptz not null,
    revoked_at timestamptz
);
