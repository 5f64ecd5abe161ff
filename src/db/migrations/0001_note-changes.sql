-- Every write to what gateways know is noted in `change`, whoever writes it: our code, a later migration, an operator in psql.
-- The triggers are deferred: they run at commit, after all row locks are held, so the one lock that puts revisions in
-- order is always taken last and cannot be part of a deadlock. Revisions become visible in their order because the
-- lock is released only after the commit is.
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed integer := (to_jsonb(COALESCE(NEW, OLD)) ->> TG_ARGV[1])::integer;
BEGIN
  PERFORM pg_advisory_xact_lock(20870);
  INSERT INTO change (kind, id, revision) VALUES (TG_ARGV[0], changed, nextval('change_revision'))
    ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER app_changed AFTER INSERT OR UPDATE OR DELETE ON app
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('app', 'id');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER app_secret_changed AFTER INSERT OR UPDATE OR DELETE ON app_secret
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('app', 'app_id');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER grant_changed AFTER INSERT OR UPDATE OR DELETE ON "grant"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('app', 'app_id');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER operation_changed AFTER INSERT OR UPDATE OR DELETE ON operation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('operation', 'id');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER service_changed AFTER INSERT OR UPDATE OR DELETE ON service
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('service', 'id');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER signing_key_changed AFTER INSERT OR UPDATE OR DELETE ON signing_key
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('signing_key', 'id');
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER app_project_changed AFTER INSERT OR UPDATE OR DELETE ON app_project
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('app', 'app_id');
--> statement-breakpoint
-- What callers know a project by stands in the documents of the apps that are bound to it.
CREATE FUNCTION note_project_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20870);
  INSERT INTO change (kind, id, revision)
    SELECT 'app', app_id, nextval('change_revision') FROM app_project WHERE project_id = NEW.id
    ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER project_changed AFTER UPDATE ON project
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_project_change();
