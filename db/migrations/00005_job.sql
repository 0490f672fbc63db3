-- +goose Up

create table job_progress (
  id           bigint generated always as identity primary key,
  kind         text not null,
  title        text not null,
  object       text not null,
  state        text not null default 'waiting',
  done         bigint not null default 0,
  total        bigint not null default 0,
  message      text not null default '',
  result       jsonb,
  cancel_asked boolean not null default false,
  created_by   text not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  constraint job_state_is_known check (state in ('waiting', 'running', 'done', 'refused', 'failed', 'cancelled'))
);
comment on table job_progress is 'How far a long job is; what the browser shows. River carries the work itself.';
create index job_progress_by_kind on job_progress (kind, id desc);
create index job_progress_by_object on job_progress (object, id desc);

create table intake_upload (
  id         bigint generated always as identity primary key,
  source     text not null,
  file_name  text not null,
  content    bytea not null,
  created_by text not null,
  created_at timestamptz not null
);
comment on table intake_upload is 'A bundle uploaded in the browser, until its import is confirmed, dropped or a day old.';
