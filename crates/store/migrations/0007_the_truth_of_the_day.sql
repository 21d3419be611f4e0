-- A device's report is known by vehicle and id: two phones may make the same one.
alter table reports drop constraint reports_pkey;
alter table reports add primary key (vehicle_id, id);

-- A delivery after a failed attempt at the same stop is an attempt of its own.
alter table attempts drop constraint attempts_stop_key;
create index attempts_by_stop on attempts (stop_id);
