DROP INDEX "audit_user";--> statement-breakpoint
DROP INDEX "audit_time";--> statement-breakpoint
DROP INDEX "audit_subject";--> statement-breakpoint
CREATE INDEX "audit_kind" ON "audit" USING btree ("kind","time","id");--> statement-breakpoint
CREATE INDEX "audit_username" ON "audit" USING btree ("username","time","id");--> statement-breakpoint
CREATE INDEX "audit_route" ON "audit" USING btree ("route","time","id");--> statement-breakpoint
CREATE INDEX "usage_operation" ON "usage" USING btree ("operation_id","step","starts_at");--> statement-breakpoint
CREATE INDEX "usage_app" ON "usage" USING btree ("app_id","step","starts_at");--> statement-breakpoint
CREATE INDEX "audit_time" ON "audit" USING btree ("time","id");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit" USING btree ("kind","subject","time","id");
--> statement-breakpoint
-- Every change of what people decide is kept in `audit`, whoever makes it: our code, a later migration, an operator in psql (ADR 13).
-- Our code says who it acts for in `kaimen.actor`, for the length of its transaction (`db/actor.ts`).
--
-- One trigger a statement, not a row: of 5,000 interfaces that are imported at once it takes half the time or less.
--
-- Columns that hold secrets are known by their names: what ends in `sealed` or `hash`. Whether there was one is seen, and that it changed.
CREATE FUNCTION mask_secrets(given jsonb, secrets text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT given || COALESCE((SELECT jsonb_object_agg(name, '***') FROM unnest(secrets) AS name WHERE given ->> name IS NOT NULL), '{}')
$$;
--> statement-breakpoint
CREATE FUNCTION note_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  actor jsonb := NULLIF(current_setting('kaimen.actor', true), '');
  secrets text[] := ARRAY(SELECT attname::text FROM pg_attribute
    WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname ~ '(sealed|hash)$');
  -- What says nothing that the row of `audit` does not say itself, and what changes by use alone.
  noise text[] := ARRAY['updated_at', 'update_user', 'last_used_at', 'seen_at', 'pulled_at', 'problem', 'expiry_warned_days'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO audit (time, user_id, username, ip, request_id, route, kind, subject, action, after)
      SELECT clock_timestamp(), (actor ->> 'userId')::integer, actor ->> 'username', actor ->> 'ip', (actor ->> 'requestId')::uuid,
             actor ->> 'route', TG_TABLE_NAME, concat_ws(' ', made ->> TG_ARGV[0], made ->> TG_ARGV[1]), 'insert', mask_secrets(made, secrets)
      FROM (SELECT to_jsonb(row) AS made FROM rows_after AS row) AS rows;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO audit (time, user_id, username, ip, request_id, route, kind, subject, action, before)
      SELECT clock_timestamp(), (actor ->> 'userId')::integer, actor ->> 'username', actor ->> 'ip', (actor ->> 'requestId')::uuid,
             actor ->> 'route', TG_TABLE_NAME, concat_ws(' ', gone ->> TG_ARGV[0], gone ->> TG_ARGV[1]), 'delete', mask_secrets(gone, secrets)
      FROM (SELECT to_jsonb(row) AS gone FROM rows_before AS row) AS rows;
  ELSE
    -- A row whose key was changed finds no partner: it is kept whole, once as it was and once as it is.
    INSERT INTO audit (time, user_id, username, ip, request_id, route, kind, subject, action, before, after)
      SELECT clock_timestamp(), (actor ->> 'userId')::integer, actor ->> 'username', actor ->> 'ip', (actor ->> 'requestId')::uuid,
             actor ->> 'route', TG_TABLE_NAME, subject, 'update', mask_secrets(changed.before, secrets), mask_secrets(changed.after, secrets)
      FROM (SELECT *, concat_ws(' ', was ->> TG_ARGV[0], was ->> TG_ARGV[1]) AS subject
              FROM (SELECT to_jsonb(row) AS was FROM rows_before AS row) AS rows) AS olds
        FULL JOIN (SELECT *, concat_ws(' ', became ->> TG_ARGV[0], became ->> TG_ARGV[1]) AS subject
              FROM (SELECT to_jsonb(row) AS became FROM rows_after AS row) AS rows) AS news USING (subject)
        CROSS JOIN LATERAL (
          SELECT jsonb_object_agg(key, x.value) FILTER (WHERE was IS NOT NULL) AS before,
                 jsonb_object_agg(key, y.value) FILTER (WHERE became IS NOT NULL) AS after
          FROM jsonb_each(was) AS x FULL JOIN jsonb_each(became) AS y USING (key)
          WHERE x.value IS DISTINCT FROM y.value AND key <> ALL (noise)
        ) AS changed
      WHERE was - noise IS DISTINCT FROM became - noise AND (changed.before IS NOT NULL OR changed.after IS NOT NULL);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0];
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was done stays on record');
--> statement-breakpoint
-- For this migration and later ones: `key` are the one or two columns that name a row.
CREATE FUNCTION keep_audit_of(audited regclass, VARIADIC key text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  arguments text := (SELECT string_agg(quote_literal(name), ', ') FROM unnest(key) AS name);
BEGIN
  EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS rows_after
    FOR EACH STATEMENT EXECUTE FUNCTION note_audit(%s)', audited, arguments);
  EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS rows_before NEW TABLE AS rows_after
    FOR EACH STATEMENT EXECUTE FUNCTION note_audit(%s)', audited, arguments);
  EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS rows_before
    FOR EACH STATEMENT EXECUTE FUNCTION note_audit(%s)', audited, arguments);
  EXECUTE format('CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON %s
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change(''it would leave no trace; delete the rows'')', audited);
END $$;
--> statement-breakpoint
SELECT keep_audit_of('"user"', 'id'), keep_audit_of('role', 'id'), keep_audit_of('role_permission', 'role_id', 'permission'),
  keep_audit_of('user_role', 'user_id', 'role_id'), keep_audit_of('app', 'id'), keep_audit_of('app_secret', 'id'),
  keep_audit_of('service', 'id'), keep_audit_of('service_type', 'id'), keep_audit_of('operation', 'id'),
  keep_audit_of('"grant"', 'app_id', 'operation_id'), keep_audit_of('project', 'id'), keep_audit_of('app_project', 'app_id', 'project_id'),
  keep_audit_of('project_source', 'id'), keep_audit_of('grant_request', 'id'), keep_audit_of('signing_key', 'id');
