-- A vehicle on the road may come by the hub to load more, before the stop that says so or the first whose goods it has not got.
alter table stops add column via_hub boolean not null default false;
