select id as hub from hubs limit 1 \gset
select order_id from exceptions where state = 'resolved' order by raised_at offset (select count(*) / 2 from exceptions where state = 'resolved') limit 1 \gset
select max(at) as newest, max(at)::date as day, max(at) - interval '12 hours' as since, max(at)::date::timestamptz as from,
       max(at)::date::timestamptz + interval '1 day' as until from latest_positions \gset
-- name an order's story
select * from events where order_id = :'order_id' or exception_id in (select id from exceptions where order_id = :'order_id')
order by occurred_at, id;
-- name readings that nobody has interpreted
with pending as materialized (
    select l.vehicle_id, greatest(coalesce(i.until, :'since'), :'since') as until
    from latest_positions l join vehicles v on v.id = l.vehicle_id left join interpreted i on i.vehicle_id = l.vehicle_id
    where v.hub_id = :'hub' and (i.until is null or l.at > i.until)
)
select p.* from positions p join pending n on n.vehicle_id = p.vehicle_id and p.at > n.until
where p.at > (select min(until) from pending) order by p.vehicle_id, p.at limit 20000;
-- name readings since
select p.* from (select vehicle_id, at - interval '20 seconds' as since from latest_positions) wanted
join positions p on p.vehicle_id = wanted.vehicle_id and p.at > wanted.since order by p.vehicle_id, p.at limit 60000;
-- name times on the road of a day
select d.route_id, f.occurred_at from events d
left join events f on f.hub_id = d.hub_id and f.kind = 'route_finished' and f.route_id = d.route_id
where d.hub_id = :'hub' and d.kind = 'route_departed' and d.occurred_at >= :'from' and d.occurred_at < :'until'
order by d.occurred_at, d.id;
-- name numbers for machines
select (select count(*) from positions), (select count(*) from events);
-- name the exceptions of a day
select * from exceptions where hub_id = :'hub' and day = :'day' order by save_by nulls last, raised_at, id;
-- name search `triq`
select o.id from orders o join shops s on s.id = o.shop_id where o.search @@ to_tsquery('simple', 'triq:*')
order by (lower(o.reference) = 'triq') desc, o.latest_until desc, o.reference limit 26;
-- name search `+356`
select o.id from orders o join shops s on s.id = o.shop_id where o.search @@ to_tsquery('simple', '356:*')
order by (lower(o.reference) = '356') desc, o.latest_until desc, o.reference limit 26;
