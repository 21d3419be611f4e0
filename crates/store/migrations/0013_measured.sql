-- Whether anybody has measured a route's plan, and its drive. A length that nobody can know stays null and is not looked for
-- again.
alter table routes
    add column plan_measured boolean not null default false,
    add column drive_measured boolean not null default false;
update routes set plan_measured = planned_m is not null, drive_measured = driven_m is not null;
