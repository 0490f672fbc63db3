-- name: LoginAccountByEmail :one
select id, email, name, password_hash, failures, locked_until, disabled_at
  from account
 where email = $1;
