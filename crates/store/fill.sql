-- Years of consistent history, for tests and benchmarks: orders, packages, plans, routes, stops, attempts, exceptions and
-- the events that they add up to. Every day is alike: its orders are placed the day before, planned, driven and done; one
-- in fifty fails. On the last day more are placed that wait for a plan. Wants an empty database, and these settings:
--     fill.days, fill.orders (a day), fill.vehicles, fill.last (a date), fill.waiting, fill.position_days
create function pg_temp.setting(name text) returns int language sql stable
return current_setting('fill.' || name)::int;

-- Ids that grow with time, as ours do, and are the same in every run.
create function pg_temp.id(what text, at timestamptz, n bigint) returns uuid language sql immutable
return (
    lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
    || '7' || substr(md5(what || n), 1, 3) || '8' || substr(md5(what || n), 4, 15)
)::uuid;

insert into hubs (id, name, lat, lon, zone, plan_at)
values (pg_temp.id('hub', '2024-01-01', 1), 'Load hub', 35.9, 14.45, 'Europe/Malta', '06:45');
insert into shops (id, name)
select pg_temp.id('shop', '2024-01-01', n), (array['Books', 'Shoes', 'Pharmacy', 'Garden'])[n] from generate_series(1, 4) n;
insert into drivers (id, name)
select pg_temp.id('driver', '2024-01-01', n), 'Driver ' || n from generate_series(1, pg_temp.setting('vehicles')) n;
insert into vehicles (id, hub_id, label, kind, capacity_g, capacity_ml, shift_from, shift_until, driver_id)
select pg_temp.id('vehicle', '2024-01-01', n), pg_temp.id('hub', '2024-01-01', 1), 'Van ' || lpad(n::text, 3, '0'),
       'diesel_van', 900000, 9000000, '07:30', '17:30', pg_temp.id('driver', '2024-01-01', n)
from generate_series(1, pg_temp.setting('vehicles')) n;

create temp table filling as
select
    row_number() over (order by d, k) as n, d, k, (day + time '06:00') at time zone 'UTC' as morning,
    pg_temp.id('hub', '2024-01-01', 1) as hub_id,
    pg_temp.id('shop', '2024-01-01', 1 + k % 4) as shop_id,
    pg_temp.id('vehicle', '2024-01-01', 1 + (k - 1) % pg_temp.setting('vehicles')) as vehicle_id,
    1 + (k - 1) / pg_temp.setting('vehicles') as sequence,
    k > pg_temp.setting('orders') as waits, k % 50 = 0 as fails,
    day::date as day, (day - 1 + time '15:00') at time zone 'UTC' + k * interval '1 second' as placed_at
from generate_series(1, pg_temp.setting('days')) d
cross join lateral (
    select current_setting('fill.last')::date - pg_temp.setting('days') + d as day
) days
cross join lateral generate_series(
    1, pg_temp.setting('orders') + case when d = pg_temp.setting('days') then pg_temp.setting('waiting') else 0 end
) k;
alter table filling
    add column order_id uuid, add column stop_id uuid, add column route_id uuid, add column attempt_id uuid,
    add column exception_id uuid, add column arrived_at timestamptz, add column ended_at timestamptz,
    add column window_from timestamptz, add column window_until timestamptz,
    add column reference text, add column name text, add column phone text, add column address text,
    add column lat float8, add column lon float8;
update filling set
    order_id = pg_temp.id('order', placed_at, n),
    stop_id = pg_temp.id('stop', morning, n),
    route_id = pg_temp.id('route' || vehicle_id, morning, d),
    attempt_id = pg_temp.id('attempt', morning + sequence * interval '12 minutes', n),
    exception_id = pg_temp.id('exception', morning + sequence * interval '12 minutes', n),
    arrived_at = morning + sequence * interval '12 minutes',
    ended_at = morning + sequence * interval '12 minutes' + interval '4 minutes',
    -- One in twenty-five comes half an hour late.
    window_from = morning + sequence * interval '12 minutes' - interval '90 minutes',
    window_until = morning + sequence * interval '12 minutes' + case when k % 25 = 1 then -30 else 30 end * interval '1 minute',
    reference = (array['BOO', 'SHO', 'PHA', 'GAR'])[1 + k % 4] || '-' || lpad(n::text, 7, '0'),
    name = (array['Maria', 'Joseph', 'Ġorġ', 'Rita', 'Pawlu', 'Ċensa', 'Carmel', 'Doris', 'Mario', 'Grace'])[1 + n * 7 % 10]
        || ' ' || (array['Borg', 'Camilleri', 'Vella', 'Farrugia', 'Zammit', 'Galea', 'Micallef', 'Grech', 'Attard',
                         'Spiteri', 'Azzopardi', 'Mifsud', 'Caruana'])[1 + n * 11 % 13],
    phone = case n % 4
        when 0 then '+356 99' || substr(lpad((n * 7919 % 1000000)::text, 6, '0'), 1, 2) || ' '
            || substr(lpad((n * 7919 % 1000000)::text, 6, '0'), 3)
        when 1 then '00356 99' || lpad((n * 7919 % 1000000)::text, 6, '0')
        when 2 then '99' || lpad((n * 7919 % 1000000)::text, 6, '0')
        else '+35679' || lpad((n * 7919 % 1000000)::text, 6, '0')
    end,
    address = 1 + n * 13 % 180 || ' Triq ' || (array['il-Kbira', 'San Pawl', 'ir-Repubblika', 'il-Merkanti', 'Santa Marija',
        'it-Torri', 'il-Palletta', 'Sant'' Antnin', 'l-Imdina', 'il-Wied', 'Dun Karm', 'il-Bajja'])[1 + n * 17 % 12]
        || ' ' || n * 19 % 40 || ', ' || (array['Sliema', 'Valletta', 'Birkirkara', 'Ħamrun', 'Mosta', 'Qormi',
        'Żejtun', 'Rabat', 'San Ġwann', 'Msida'])[1 + n * 23 % 10],
    lat = 35.85 + (n * 29 % 1000) / 10000.0,
    lon = 14.40 + (n * 31 % 1000) / 10000.0;
create index on filling (day);
analyze filling;

insert into orders (id, hub_id, shop_id, reference, recipient_name, recipient_phone, address, lat, lon, day, original_from,
                    original_until, latest_from, latest_until, consignment_id, service_s, placed_at, state, state_at)
select order_id, hub_id, shop_id, reference, name, phone, address, lat, lon, day, window_from, window_until, window_from,
       window_until, pg_temp.id('consignment', placed_at, n), 120, placed_at,
       case when waits then 'placed' when fails then 'failed' else 'delivered' end,
       case when not waits then ended_at end
from filling order by n;
insert into packages (id, order_id, consignment_id, place, barcode, weight_g, volume_ml)
select pg_temp.id('package', placed_at, n), order_id, pg_temp.id('consignment', placed_at, n), 0, 'B' || n, 1500, 6000
from filling order by n;
insert into plans (id, hub_id, day, revision, published_at, state)
select distinct pg_temp.id('plan', morning, d), hub_id, day, 1, morning - interval '15 minutes', 'published' from filling;
insert into routes (id, hub_id, day, vehicle_id, driver_id, planned_start, planned_end, shift_until, departed_at, finished_at)
select route_id, hub_id, day, vehicle_id, (select driver_id from vehicles v where v.id = vehicle_id), morning,
       max(ended_at) + interval '5 minutes', morning + interval '10 hours', morning, max(ended_at) + interval '10 minutes'
from filling where not waits group by route_id, hub_id, day, vehicle_id, morning order by morning, route_id;
insert into stops (id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, state, arrived_at,
                   ended_at, outcome)
select stop_id, route_id, order_id, sequence, arrived_at - interval '2 minutes', ended_at - interval '2 minutes', 480, 'done',
       arrived_at, ended_at, case when fails then 'failed_not_home' else 'delivered_to_recipient' end
from filling where not waits order by n;
insert into attempts (id, stop_id, order_id, route_id, number, arrived_at, ended_at, outcome)
select attempt_id, stop_id, order_id, route_id, 1, arrived_at, ended_at,
       case when fails then 'failed_not_home' else 'delivered_to_recipient' end
from filling where not waits order by n;
insert into exceptions (id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state,
                        resolved_at, resolution)
select exception_id, hub_id, day, case when waits then 'unplanned' else 'failed' end, order_id,
       case when not waits then stop_id end, case when not waits then route_id end,
       case when not waits then vehicle_id end,
       case when waits then morning else ended_at end, case when waits then window_until end,
       case when waits then 'open' else 'resolved' end,
       case when not waits then ended_at + interval '1 hour' end, case when not waits then 'Called the recipient' end
from filling where waits or fails order by n;

do $$
declare
    today date;
    machine jsonb := '{"kind": "timer"}';
begin
    insert into events (occurred_at, recorded_at, source, actor, hub_id, kind, vehicle_id, facts)
    select '2024-01-01', '2024-01-01', 'api', '{"kind": "machine"}', v.hub_id, 'vehicle_joined', v.id,
           jsonb_build_object('fact', 'vehicle_joined', 'vehicle', jsonb_build_object(
               'id', v.id, 'hub', v.hub_id, 'label', v.label, 'kind', v.kind, 'capacity_g', v.capacity_g,
               'capacity_ml', v.capacity_ml, 'shift_from', v.shift_from, 'shift_until', v.shift_until,
               'driver', jsonb_build_object('id', d.id, 'name', d.name), 'state', '{"state": "available"}'::jsonb
           ))
    from vehicles v join drivers d on d.id = v.driver_id order by v.label;
    for today in select distinct day from filling order by day loop
        insert into events (occurred_at, recorded_at, source, actor, hub_id, kind, order_id, stop_id, route_id, vehicle_id,
                            exception_id, facts)
        select at, at, source, actor, hub_id, kind, order_id, stop_id, route_id, vehicle_id, exception_id,
               jsonb_build_object('fact', kind) || facts
        from (
            select 1 as phase, n, placed_at as at, 'api' as source,
                   jsonb_build_object('kind', 'shop', 'id', shop_id) as actor, hub_id, 'order_placed' as kind,
                   order_id, null::uuid as stop_id, null::uuid as route_id, null::uuid as vehicle_id,
                   null::uuid as exception_id,
                   jsonb_build_object('order', jsonb_build_object(
                       'id', order_id, 'hub', hub_id, 'shop', shop_id, 'reference', reference,
                       'recipient', jsonb_build_object('name', name, 'phone', phone),
                       'address', jsonb_build_object('text', address, 'at', jsonb_build_object('lat', lat, 'lon', lon)),
                       'day', day, 'promise', promise,
                       'consignment', pg_temp.id('consignment', placed_at, n),
                       'packages', jsonb_build_array(jsonb_build_object(
                           'id', pg_temp.id('package', placed_at, n), 'barcode', 'B' || n, 'weight_g', 1500,
                           'volume_ml', 6000)),
                       'service_s', 120, 'placed_at', placed_at, 'aboard', null, 'state', '{"state": "placed"}'::jsonb
                   )) as facts
            from filling cross join lateral (select jsonb_build_object(
                'original', jsonb_build_object('from', window_from, 'until', window_until),
                'latest', jsonb_build_object('from', window_from, 'until', window_until)) as promise) p
            where day = today
            union all
            select 2, 0, published_at, 'worker', machine, hub_id, 'plan_published', null, null, null, null, null,
                   jsonb_build_object('plan', jsonb_build_object('id', id, 'hub', hub_id, 'day', day, 'revision', 1,
                       'published_at', published_at, 'state', 'published'))
            from plans where day = today
            union all
            select 3, 0, planned_start - interval '15 minutes', 'worker', machine, hub_id, 'route_published', null, null, id,
                   vehicle_id, null,
                   jsonb_build_object('route', jsonb_build_object('id', id, 'hub', hub_id, 'day', day,
                       'vehicle', vehicle_id, 'driver', driver_id, 'planned_start', planned_start,
                       'planned_end', planned_end, 'shift_until', shift_until, 'state', '{"state": "published"}'::jsonb))
            from routes where day = today
            union all
            select 4, n, morning - interval '15 minutes', 'worker', machine, hub_id, 'stop_planned', order_id, stop_id,
                   route_id, null, null,
                   jsonb_build_object('stop', stop_id, 'route', route_id, 'order', order_id, 'sequence', sequence,
                       'arrival', arrived_at - interval '2 minutes', 'departure', ended_at - interval '2 minutes',
                       'travel_s', 480, 'loaded', false, 'via_hub', false)
            from filling where day = today and not waits
            union all
            select 5, 0, departed_at, 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id), hub_id,
                   'route_departed', null, null, id, vehicle_id, null,
                   jsonb_build_object('route', id, 'vehicle', vehicle_id)
            from routes where day = today
            union all
            select 6, n, morning, 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id), hub_id, 'order_loaded',
                   order_id, stop_id, null, vehicle_id, null,
                   jsonb_build_object('order', order_id, 'stop', stop_id, 'vehicle', vehicle_id)
            from filling where day = today and not waits
            union all
            select 7, n * 4, arrived_at, 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id), hub_id,
                   'stop_arrived', order_id, stop_id, route_id, null, null,
                   jsonb_build_object('stop', stop_id, 'order', order_id, 'route', route_id)
            from filling where day = today and not waits
            union all
            select 7, n * 4 + 1, ended_at, 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id), hub_id,
                   'attempt_made', order_id, stop_id, route_id, vehicle_id, null,
                   jsonb_build_object('attempt', jsonb_build_object('id', attempt_id, 'stop', stop_id, 'order', order_id,
                           'route', route_id, 'number', 1, 'arrived_at', arrived_at, 'ended_at', ended_at,
                           'outcome', case when fails then 'failed_not_home' else 'delivered_to_recipient' end,
                           'note', null),
                       'promise', jsonb_build_object(
                           'original', jsonb_build_object('from', window_from, 'until', window_until),
                           'latest', jsonb_build_object('from', window_from, 'until', window_until)),
                       'vehicle', vehicle_id)
            from filling where day = today and not waits
            union all
            select 7, n * 4 + 2, case when waits then morning else ended_at end, 'worker', machine, hub_id,
                   'exception_raised', order_id, case when not waits then stop_id end,
                   case when not waits then route_id end, case when not waits then vehicle_id end, exception_id,
                   jsonb_build_object('exception', jsonb_build_object('id', exception_id, 'hub', hub_id, 'day', day,
                       'kind', case when waits then 'unplanned' else 'failed' end, 'order', order_id,
                       'stop', case when not waits then stop_id end, 'route', case when not waits then route_id end,
                       'vehicle', case when not waits then vehicle_id end,
                       'raised_at', case when waits then morning else ended_at end,
                       'save_by', case when waits then window_until end, 'state', '{"state": "open"}'::jsonb))
            from filling where day = today and (waits or fails)
            union all
            select 8, n, ended_at + interval '1 hour', 'worker', machine, hub_id, 'exception_resolved', null, null, null,
                   null, exception_id,
                   jsonb_build_object('exception', exception_id, 'kind', 'failed', 'resolution', 'Called the recipient')
            from filling where day = today and fails and not waits
            union all
            select 9, 0, finished_at, 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id), hub_id,
                   'route_finished', null, null, id, vehicle_id, null,
                   jsonb_build_object('route', id, 'vehicle', vehicle_id)
            from routes where day = today
            union all
            select 10, n, morning + interval '10 hours', 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id),
                   hub_id, 'order_unloaded', order_id, null, null, null, null, jsonb_build_object('order', order_id)
            from filling where day = today and fails and not waits
        ) happened
        order by phase, n;
    end loop;
    for today in
        select distinct day from filling
        where day > current_setting('fill.last')::date - pg_temp.setting('position_days') order by day
    loop
        execute format(
            'create table if not exists positions_%s partition of positions for values from (%L) to (%L)',
            to_char(today, 'YYYY_MM_DD'), today || ' 00:00+00', today + 1 || ' 00:00+00'
        );
        insert into positions (at, vehicle_id, lat, lon, speed_mps, accuracy_m, received_at)
        select at, v.id, 35.85 + random() / 10, 14.4 + random() / 10, 8, 8, at
        from vehicles v cross join lateral (
            select (today + time '06:00') at time zone 'UTC' + n * interval '5 minutes' as at from generate_series(0, 100) n
        ) readings
        order by 1;
    end loop;
end $$;
insert into latest_positions (vehicle_id, at, lat, lon, received_at)
select distinct on (vehicle_id) vehicle_id, at, lat, lon, received_at from positions
where at >= current_setting('fill.last')::date order by vehicle_id, at desc;
insert into interpreted (vehicle_id, until) select vehicle_id, at - interval '12 minutes' from latest_positions;
drop table filling;
analyze;
