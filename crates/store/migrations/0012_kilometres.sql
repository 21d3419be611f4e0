-- How far a route was planned when its vehicle left, and how far the vehicle drove. Conclusions from stops and readings.
alter table routes add column planned_m integer, add column driven_m integer;
