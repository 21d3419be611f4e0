-- Servers keep whose a token is for some time. They forget it when another program revokes a device or moves its vehicle.
create function devices_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('devices', '');
    return null;
end
$$;

create trigger devices_changed after update of revoked_at, vehicle_id or delete on devices
    for each statement execute function devices_changed();
create trigger devices_changed after update of hub_id on vehicles
    for each statement execute function devices_changed();
