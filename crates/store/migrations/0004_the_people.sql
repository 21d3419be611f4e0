-- Who signs in, and what each open browser holds: tokens as SHA-256 only.
create table people (
    id uuid primary key,
    name text not null,
    role text not null,
    password_hash text,
    disabled_at timestamptz,
    constraint people_name_key unique (name)
);

create table sessions (
    token_hash bytea primary key,
    person_id uuid not null references people,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    user_agent text not null
);
create index sessions_by_person on sessions (person_id);

create table sign_in_links (
    token_hash bytea primary key,
    person_id uuid not null references people,
    expires_at timestamptz not null,
    used_at timestamptz
);

-- The clock's anchor of a simulated day, so that a restart continues it.
create table clock_anchor (
    single boolean primary key default true check (single),
    real_at timestamptz not null,
    world_at timestamptz not null,
    factor double precision not null
);
