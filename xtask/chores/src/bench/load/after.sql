set jit = off;
select id as hub from hubs limit 1 \gset
select order_id from exceptions where state = 'resolved' order by raised_at offset (select count(*) / 2 from exceptions where state = 'resolved') limit 1 \gset
select placed_at - interval '31 days' as placed from orders where id = :'order_id' \gset
select max(at) as newest, max(at)::date as day, max(at) - interval '12 hours' as since, max(at)::date::timestamptz as from,
       max(at) - interval '12 minutes' as read, max(at) - interval '20 seconds' as learnt, max(at)::date::timestamptz - interval '31 days' as recorded,
       max(at)::date::timestamptz + interval '1 day' as until from latest_positions \gset
-- name an order's story
select * from (
    select * from events where order_id = :'order_id' and recorded_at >= :'placed'
    union all
    select e.* from exceptions x join events e on e.exception_id = x.id and e.recorded_at >= :'placed'
    where x.order_id = :'order_id' and e.order_id is distinct from :'order_id'
) story order by occurred_at, id;
-- name readings that nobody has interpreted
select p.* from (
    select l.vehicle_id, greatest(coalesce(i.until, :'since'), :'since') as since
    from latest_positions l join vehicles v on v.id = l.vehicle_id left join interpreted i on i.vehicle_id = l.vehicle_id
    where v.hub_id = :'hub' and l.at > :'since' and (i.until is null or l.at > i.until)
) wanted
join positions p on p.vehicle_id = wanted.vehicle_id and p.at > wanted.since
where p.at > :'read' and p.at <= :'newest' order by p.vehicle_id, p.at limit 20000;
-- name readings since
select p.* from (select vehicle_id, at - interval '20 seconds' as since from latest_positions) wanted
join positions p on p.vehicle_id = wanted.vehicle_id and p.at > wanted.since
where p.at > :'learnt' order by p.vehicle_id, p.at limit 60000;
-- name times on the road of a day
select d.route_id, f.occurred_at from events d left join lateral (
    select occurred_at from events f
    where f.route_id = d.route_id and f.kind = 'route_finished' and f.recorded_at >= :'recorded' order by f.id desc limit 1
) f on true
where d.hub_id = :'hub' and d.kind = 'route_departed' and d.occurred_at >= :'from' and d.occurred_at < :'until'
  and d.recorded_at >= :'recorded'
order by d.occurred_at, d.id;
-- name numbers for machines
select (select last_value from events_id_seq), (
    select sum(greatest(pg_stat_get_live_tuples(c.oid), c.reltuples::bigint, 0))
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'positions'::regclass
);
-- name the exceptions of a day
select * from (
    select *, case when save_by > :'newest' then 0 when save_by is null then 1 else 2 end as rank,
        (extract(epoch from coalesce(save_by, raised_at)) * case when save_by > :'newest' then 1000 else -1000 end)::bigint as key
    from exceptions where hub_id = :'hub' and day = :'day' and state = any(array['open', 'claimed'])
) ranked order by rank, key, id limit 201;
-- name search `triq`
select id from (select id, reference, latest_until, found_by from orders order by latest_until desc, reference limit 8000) newest
where found_by like '%triq%' order by latest_until desc, reference limit 26;
-- name search `+356`
select id from (select id, reference, latest_until, found_by from orders order by latest_until desc, reference limit 8000) newest
where found_by like '%356%' order by latest_until desc, reference limit 26;
