-- Facts say in which form they are written, and hold nobody's name, phone or address: these live in rows that can be erased.
-- And whoever follows the history gets a feed that misses nothing.
alter table events
    add column version smallint not null default 1,
    add column actor_kind text,
    add column actor_id uuid,
    alter column actor drop not null;
comment on column events.actor is 'of events before 0017; later ones have actor_kind and actor_id';

-- What people wrote about an event: a driver's note, what an agent did. It may name somebody, so it can be erased.
create table event_words (
    event_id bigint primary key,
    words text not null
);

-- This once history is rewritten: what names a person leaves the facts, and nothing else changes. The trigger is off inside
-- this transaction only. Who is who stays in the tables of orders and drivers.
alter table events disable trigger events_are_final;
insert into event_words (event_id, words)
select id, words from (
    select id, case kind
        when 'attempt_made' then facts #>> '{attempt,note}'
        when 'exception_resolved' then facts ->> 'resolution'
        when 'vehicle_off_road' then facts ->> 'reason'
    end as words
    from events where kind in ('attempt_made', 'exception_resolved', 'vehicle_off_road')
) said
where words is not null;
update events set facts = facts #- '{attempt,note}' where kind = 'attempt_made' and facts #>> '{attempt,note}' is not null;
update events set facts = facts - 'resolution' where kind = 'exception_resolved';
update events set facts = facts - 'reason' where kind = 'vehicle_off_road';
update events set facts = facts #- '{vehicle,driver,name}' where kind = 'vehicle_joined';
update events set facts = jsonb_set(
    facts #- '{order,recipient}', '{order,address}',
    jsonb_build_object('at', jsonb_build_object(
        'lat', round((facts #>> '{order,address,at,lat}')::numeric, 2),
        'lon', round((facts #>> '{order,address,at,lon}')::numeric, 2)
    ))
) where kind = 'order_placed';
alter table events enable trigger events_are_final;

-- Numbers of events become visible out of their order: whoever asks for what came after a number can miss a transaction that
-- began earlier and commits later. By the number of the transaction nothing is missed, once no earlier one is open.
-- Transactions are numbered anew where a database is restored, so a number counts within its epoch.
create table feed_epoch (
    single boolean primary key default true check (single),
    epoch smallint not null,
    cluster text
);
comment on column feed_epoch.cluster is 'where the database lives; a server that finds another begins the next epoch';
insert into feed_epoch (epoch) values (1);
alter table events
    add column epoch smallint not null default 1,
    add column tx xid8 not null default pg_current_xact_id();
create index events_by_feed on events (epoch, tx, id);

-- History is the largest table by far, so that its indexes hold only what is asked: an order's events are few and are sorted
-- when they are read, and by kind and by route only figures ask.
drop index events_by_order;
create index events_by_order on events (order_id) where order_id is not null;
drop index events_by_kind;
create index events_by_kind on events (hub_id, kind, occurred_at) where kind in ('attempt_made', 'route_departed');
drop index events_by_route;
create index events_by_route on events (route_id, kind) where kind in ('route_departed', 'route_finished');
