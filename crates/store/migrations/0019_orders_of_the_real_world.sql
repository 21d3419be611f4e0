-- Orders differ: some matter more, some may come in several windows of a day, some need a lift or a cold box, some must not
-- come with one vehicle. And a shop knows more of the recipient than a name and a phone.
alter table orders
    add column priority smallint not null default 0 check (priority between 0 and 9),
    add column windows jsonb not null default '[]',
    add column skills text[] not null default '{}',
    add column only_vehicles uuid[] not null default '{}',
    add column never_vehicles uuid[] not null default '{}',
    add column email text,
    add column language text,
    add column notes text not null default '',
    add column items jsonb not null default '[]';
comment on column orders.windows is 'the parts of the first promise in which it may be served; none: all of it';
comment on column orders.notes is 'personal, like recipient, address, email, language and items: taken out by an erasure';

alter table vehicles add column skills text[] not null default '{}';
