-- A day that was brought in from elsewhere may be added to by another part of the same history; a day that was lived here is
-- never touched by one.
alter table service_days add column imported boolean not null default false;
