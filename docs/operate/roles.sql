-- Run with psql as a superuser of PostgreSQL 18 or later; it may be run again.
do $$ begin
  if not exists (select from pg_roles where rolname = 'visits_owner') then
    create role visits_owner;
  end if;
  alter role visits_owner login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
  comment on role visits_owner is 'owns the tables and runs migrations';
  if not exists (select from pg_roles where rolname = 'visits_app') then
    create role visits_app;
  end if;
  alter role visits_app login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
  comment on role visits_app is 'the application and its jobs';
  if not exists (select from pg_roles where rolname = 'visits_ethics') then
    create role visits_ethics;
  end if;
  alter role visits_ethics login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
  comment on role visits_ethics is 'reads the sealed reports';
  if not exists (select from pg_roles where rolname = 'visits_retention') then
    create role visits_retention;
  end if;
  alter role visits_retention login nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
  comment on role visits_retention is 'deletes what has been kept long enough';
  alter role visits_app set jit = off;
end $$;
select $sql$create database visits owner visits_owner template template0 encoding 'UTF8' locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'$sql$ where not exists (select from pg_database where datname = 'visits') \gexec
revoke all on database visits from public;
grant connect on database visits to visits_owner, visits_app, visits_ethics, visits_retention;
\connect visits
revoke create on schema public from public;
grant usage on schema public to visits_owner, visits_app, visits_ethics, visits_retention;
-- Each role's own password, asked for:
\password visits_owner
\password visits_app
\password visits_ethics
\password visits_retention
