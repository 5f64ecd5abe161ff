CREATE INDEX "app_enabled" ON "app" USING btree ("enabled","id") WHERE "app"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "app_service_type" ON "app" USING btree ("service_type","id") WHERE "app"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "app_expires" ON "app" USING btree ("expires_at") WHERE "app"."deleted_at" is null and "app"."expires_at" is not null;
--> statement-breakpoint
-- When a secret was last used is nothing that gateways have to hear of; it was they who told.
DROP TRIGGER app_secret_changed ON app_secret;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER app_secret_changed AFTER INSERT OR DELETE OR UPDATE OF app_id, sealed, expires_at, ended_at ON app_secret
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('app', 'app_id');
