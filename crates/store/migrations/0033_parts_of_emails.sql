-- A part of an e-mail address finds its orders, by its letters in threes: the domain is what people remember.
create index orders_by_email_part on orders using gin (lower(email) gin_trgm_ops)
    with (gin_pending_list_limit = 256) where email is not null;
