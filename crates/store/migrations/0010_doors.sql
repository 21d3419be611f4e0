-- Names that differ by case alone were two people of whom one could not sign in; and browsers that have signed in before are known again.
-- Of people who share a name, whoever was added first keeps it; the others get a number and can be renamed or disabled.
update people set name = people.name || ' (' || twice.number || ')'
from (
    select id, row_number() over (partition by lower(name) order by id) as number from people
) as twice
where twice.id = people.id and twice.number > 1;
create unique index people_name_without_case on people (lower(name));

create table known_browsers (
    token_hash bytea primary key,
    person_id uuid not null references people,
    seen_at timestamptz not null
);
comment on table known_browsers is 'browsers in which a person has signed in: strangers who guess cannot lock the person out of them';
create index known_browsers_by_person on known_browsers (person_id);
