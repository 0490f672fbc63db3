-- +goose Up

-- +goose StatementBegin
create function person_is_gone(address text) returns boolean language sql stable as $$
  select exists (select from identity i where i.email = address and i.kind in ('person', 'contractor'))
     and not exists (select from identity i where i.email = address and i.kind in ('person', 'contractor')
                        and i.ended_at is null and i.status in ('active', 'leave'))
$$;
-- +goose StatementEnd
comment on function person_is_gone is 'Whether the inventory knows a person with this e-mail, and nowhere as somebody who is still here. Such a person does not sign in.';
