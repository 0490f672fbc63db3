-- +goose Up

create table account (
  id            bigint generated always as identity primary key,
  email         text not null,
  name          text not null,
  password_hash text,
  password_at   timestamptz,
  failures      integer not null default 0,
  locked_until  timestamptz,
  disabled_at   timestamptz,
  created_at    timestamptz not null,
  constraint account_email_is_unique unique (email),
  constraint account_email_is_lower_case check (email = lower(email) and email like '%_@_%')
);
comment on table account is 'Who may sign in. Belongs to the inventory''s person with the same e-mail, if there is one. No password yet: invited.';

create table account_role (
  account_id bigint not null references account (id),
  role       text not null,
  site_id    bigint references site (id),
  granted_at timestamptz not null,
  granted_by text not null,
  constraint account_role_is_held_once unique nulls not distinct (account_id, role, site_id),
  constraint account_role_is_known check (role in ('admin', 'governance', 'risk_officer', 'plant_engineer', 'auditor', 'member'))
);
comment on table account_role is 'Roles of an account, everywhere or at one site.';

create table login_token (
  hash       bytea primary key,
  account_id bigint not null references account (id),
  expires_at timestamptz not null,
  used_at    timestamptz
);
comment on table login_token is 'Single-use links to set a password, by SHA-256 of the secret in the link.';
create index login_token_by_account on login_token (account_id);

create table session (
  token  text primary key,
  data   bytea not null,
  expiry timestamptz not null
);
comment on table session is 'Signed-in browsers.';
create index session_by_expiry on session (expiry);
