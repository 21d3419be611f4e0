-- History lies in a part for each month in which it was recorded (UTC): a month that is over is not written to again, so its
-- indexes stay as they are, and a question that knows when looks into no other.
alter table events rename to events_whole;
alter sequence events_id_seq rename to events_whole_id_seq;
alter trigger events_are_final on events_whole rename to events_whole_are_final;

-- What has a fixed width comes first, which saves what would fill up the gaps.
create table events (
    id bigint generated always as identity,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    tx xid8 not null default pg_current_xact_id(),
    epoch smallint not null default 1,
    version smallint not null default 1,
    hub_id uuid not null,
    order_id uuid,
    stop_id uuid,
    route_id uuid,
    vehicle_id uuid,
    exception_id uuid,
    actor_id uuid,
    actor_kind text,
    source text not null,
    kind text not null,
    facts jsonb not null,
    actor jsonb
) partition by range (recorded_at);
comment on column events.actor is 'of events before 0017; later ones have actor_kind and actor_id';
create trigger events_are_final before update or delete or truncate on events
    for each statement execute function events_are_final();

-- What is recorded in a month that has no part yet waits here: nothing is refused for want of one.
create table events_default partition of events default;
create trigger events_are_final before update or delete or truncate on events_default
    for each statement execute function events_are_final();

-- Makes the part for the month that begins with a day, and moves there what has waited for it. Answers how many events
-- were moved; null if the month has its part.
create function make_events_month(month date) returns bigint language plpgsql as $$
declare
    part text := 'events_' || to_char(month, 'YYYY_MM');
    first timestamptz := month::timestamp at time zone 'UTC';
    next timestamptz := (month + interval '1 month') at time zone 'UTC';
    moved bigint := 0;
begin
    if extract(day from month) <> 1 then
        raise exception 'a month begins with its first day, not with %', month;
    end if;
    -- Two at once make it once. Who writes to a month that is there need not wait.
    lock table only events in share update exclusive mode;
    if to_regclass(part) is not null then
        return null;
    end if;
    -- At once as it is needed in the end: whoever has read what waits, and is about to add to it, would be in the way.
    lock table events_default in access exclusive mode;
    execute format('create table %I (like events including defaults)', part);
    if exists (select from events_default where recorded_at >= first and recorded_at < next) then
        -- They stay what they were, at another place.
        alter table events_default disable trigger events_are_final;
        execute format(
            'with waiting as (delete from events_default where recorded_at >= %L and recorded_at < %L returning *)
             insert into %I select * from waiting order by id', first, next, part
        );
        get diagnostics moved = row_count;
        alter table events_default enable trigger events_are_final;
    end if;
    execute format('alter table events attach partition %I for values from (%L) to (%L)', part, first, next);
    execute format(
        'create trigger events_are_final before update or delete or truncate on %I
         for each statement execute function events_are_final()', part
    );
    return moved;
end $$;

select make_events_month(month) from (
    select distinct date_trunc('month', recorded_at at time zone 'UTC')::date as month from events_whole order by 1
) months;
insert into events (id, occurred_at, recorded_at, tx, epoch, version, hub_id, order_id, stop_id, route_id, vehicle_id,
                    exception_id, actor_id, actor_kind, source, kind, facts, actor)
overriding system value
select id, occurred_at, recorded_at, tx, epoch, version, hub_id, order_id, stop_id, route_id, vehicle_id, exception_id,
       actor_id, actor_kind, source, kind, facts, actor
from events_whole order by id;
-- Numbers go on where they were.
select setval('events_id_seq', last_value, is_called) from events_whole_id_seq;
drop table events_whole;

-- The number comes from one sequence for all months; the moment is in the key because PostgreSQL wants it there. What is new
-- comes last in both of these: room in the middle of their pages would never be used.
alter table events add primary key (id, recorded_at) with (fillfactor = 100);
create index events_by_feed on events (epoch, tx, id) with (fillfactor = 100);
create index events_by_order on events (order_id) where order_id is not null;
create index events_by_exception on events (exception_id, id) where exception_id is not null;
create index events_by_kind on events (hub_id, kind, occurred_at) where kind in ('attempt_made', 'route_departed');
create index events_by_route on events (route_id, kind) where kind in ('route_departed', 'route_finished');
