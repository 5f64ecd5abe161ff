CREATE UNIQUE INDEX "user_email" ON "user" USING btree (lower("email")) WHERE "user"."deleted_at" is null;--> statement-breakpoint
-- Apps go with their owner (settled C8), and come back with one who is restored; gateways learn of it like of any other change.
CREATE FUNCTION note_owner_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20870);
  INSERT INTO change (kind, id, revision)
    SELECT 'app', id, nextval('change_revision') FROM app WHERE user_id = NEW.id
    ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER user_deleted AFTER UPDATE OF deleted_at ON "user"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION note_owner_change();
