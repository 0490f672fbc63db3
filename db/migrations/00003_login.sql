-- +goose Up

create table account (
  id            bigint generated always as identity primary key,
  email         text not null,
  name          text not null,
  password_hash text,
  password_at   timestamptz,
  signed_in_at  timestamptz,
  disabled_at   timestamptz,
  created_at    timestamptz not null,
  constraint account_email_is_unique unique (email),
  constraint account_email_is_lower_case check (email = lower(email) and email like '%_@_%'),
  constraint account_password_is_argon2id check (password_hash like '$argon2id$%'),
  constraint account_password_has_a_time check ((password_hash is null) = (password_at is null))
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

create table login_failure (
  email        text primary key,
  failures     integer not null,
  last_at      timestamptz not null,
  locked_until timestamptz,
  constraint login_failure_is_counted check (failures > 0)
);
comment on table login_failure is 'Tries to sign in since the last success, by e-mail as typed, whether or not it has an account: a stranger learns nothing from being locked out.';
create index login_failure_by_time on login_failure (last_at);

create table login_token (
  hash       bytea primary key,
  account_id bigint not null references account (id),
  expires_at timestamptz not null,
  used_at    timestamptz,
  constraint login_token_is_a_sha256 check (length(hash) = 32)
);
comment on table login_token is 'Single-use links to set a password, by SHA-256 of the secret in the link.';
create unique index login_token_is_the_only_unused_one on login_token (account_id) where used_at is null;

create table session (
  token_hash bytea primary key,
  account_id bigint references account (id),
  data       bytea not null,
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  expires_at timestamptz not null,
  ended_at   timestamptz,
  constraint session_token_is_a_sha256 check (length(token_hash) = 32),
  constraint session_ends_within_a_day check (expires_at <= created_at + interval '1 day')
);
comment on table session is 'Signed-in browsers, by SHA-256 of the cookie''s token. An ended row stays until it would have expired, so that a request still under way cannot bring it back.';
create index session_by_expiry on session (expires_at);
create index session_by_account on session (account_id) where ended_at is null;
