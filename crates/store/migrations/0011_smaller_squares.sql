-- Approaches are kept by squares of 400 m instead of 800 m: what was concluded by the others is concluded again.
delete from approaches;
delete from approaches_read;
-- How long visits take, against how long the shops said they would.
alter table approaches_read add column door_s double precision not null default 0,
                            add column told_s double precision not null default 0;
