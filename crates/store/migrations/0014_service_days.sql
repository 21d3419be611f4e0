-- A hub's day is a row that opens and closes: the day that runs is the oldest open one, so a shift may pass midnight, and
-- what a day leaves open is carried over once, by name, when somebody or the clock closes it.
create table service_days (
    hub_id uuid not null references hubs,
    day date not null,
    opened_at timestamptz not null,
    closed_at timestamptz,
    primary key (hub_id, day),
    check (closed_at >= opened_at)
);
create index service_days_open on service_days (hub_id, day) where closed_at is null;

-- Days that were planned before there were rows: the newest of each hub goes on, the others are over.
insert into service_days (hub_id, day, opened_at, closed_at)
select hub_id, day, least(min(published_at), day::timestamp at time zone 'UTC'),
       case when day < max(day) over (partition by hub_id) then (day + 1)::timestamp at time zone 'UTC' end
from plans group by hub_id, day;

insert into events (occurred_at, recorded_at, source, actor, hub_id, kind, facts)
select opened_at, opened_at, 'worker', '{"kind": "timer"}', hub_id, 'day_opened',
       jsonb_build_object('fact', 'day_opened', 'day', day)
from service_days order by hub_id, day;

insert into events (occurred_at, recorded_at, source, actor, hub_id, kind, facts)
select closed_at, closed_at, 'worker', '{"kind": "timer"}', hub_id, 'day_closed',
       jsonb_build_object('fact', 'day_closed', 'day', day)
from service_days where closed_at is not null order by hub_id, day;
