-- A vehicle may be driven in several shifts of a day, one after the other, and has a route for each. Routes of vehicles whose
-- usual hours hold have no shift, as all had before.
alter table routes
    add column shift_id uuid,
    drop constraint routes_vehicle_key,
    add constraint routes_vehicle_key unique nulls not distinct (vehicle_id, day, shift_id);
comment on column routes.shift_id is 'the line of the roster that it is driven by; the line itself may be gone';

-- Whoever writes a shift holds the locks of rosters and of the day, so that no two shifts of a vehicle overlap.
alter table shifts drop constraint shifts_vehicle_key;
create index shifts_by_vehicle on shifts (vehicle_id, day);
