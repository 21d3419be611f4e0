-- Several orders at one door are one visit with an attempt each, and the figure of stops an hour counts visits. Until now every
-- attempt was a visit of its own.
alter table attempts add column further boolean not null default false;
comment on column attempts.further is 'whether another attempt was made at the same visit before';

alter table rollup_attempts add column further bigint not null default 0;
