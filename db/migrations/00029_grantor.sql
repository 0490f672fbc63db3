-- +goose Up

-- Sources name who gave a grant by an id of their own, by source:id, or by an e-mail.
-- The same order as a launch (internal/review/parts.sql) reads it in.
create function grantor_name(source_id bigint, granted_by text) returns text language sql stable as $$
  select coalesce(
    (select i.name from identity i where i.source_id = $1 and i.external_id = $2),
    (select i.name from source s join identity i on i.source_id = s.id and i.external_id = substr($2, length(s.name) + 2) where starts_with($2, s.name || ':') limit 1),
    (select i.name from identity i where $2 ~ '@' and i.email = lower(btrim($2)) order by i.ended_at nulls first, i.id limit 1),
    $2)
$$;
comment on function grantor_name is 'The name of who gave a grant, as far as a source says who it is; else what the grant says.';
