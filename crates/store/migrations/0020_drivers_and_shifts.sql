-- Who drives what when: a driver has a home hub and may leave, and a shift says that this driver drives this vehicle on this
-- service day, with planned breaks. A vehicle without a row on a day has its usual driver and hours, so that who rosters nothing
-- sees no change; a row without a driver says that the vehicle does not work that day.
alter table drivers
    add column hub_id uuid references hubs,
    add column left_at timestamptz;
update drivers d set hub_id = (select v.hub_id from vehicles v where v.driver_id = d.id order by v.id limit 1);
create index drivers_by_hub on drivers (hub_id);

create table shifts (
    id uuid primary key,
    hub_id uuid not null references hubs,
    vehicle_id uuid not null references vehicles,
    day date not null,
    driver_id uuid references drivers,
    from_at timestamptz,
    until_at timestamptz,
    breaks jsonb not null default '[]',
    -- A vehicle has one route a day, so one shift.
    constraint shifts_vehicle_key unique (vehicle_id, day),
    check ((driver_id is null) = (from_at is null) and (from_at is null) = (until_at is null)),
    check (until_at > from_at)
);
comment on column shifts.breaks is 'a list of {earliest, latest, minutes}: when a break begins at the earliest and at the latest';
-- Whoever writes a shift holds the lock of rosters, so that nobody is rostered twice at one time.
create index shifts_by_day on shifts (hub_id, day);
create index shifts_by_driver on shifts (driver_id, from_at) where driver_id is not null;
