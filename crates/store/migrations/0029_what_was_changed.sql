-- What was changed about people says what was before; recipients are found by their e-mail address when they are to be
-- erased; and what was erased can be listed.
alter table account_changes
    add column role_before text,
    add column hubs_before uuid[],
    add column hubs uuid[];
comment on column account_changes.hubs_before is 'where the person worked: the nil id alone stands for every hub; null: not what was changed, or changed before 0029';
comment on column account_changes.hubs is 'where the person works from then on, written as hubs_before';

create index orders_by_email on orders (lower(email)) where email is not null;
create index events_erased on events (id) where kind = 'recipient_erased';
