-- Goods are collected at doors too, or exchanged there. Until now every order was delivered.
alter table orders add column service text not null default 'deliver'
    constraint orders_service check (service in ('deliver', 'collect', 'both'));
comment on column orders.service is 'what is done at the door';
