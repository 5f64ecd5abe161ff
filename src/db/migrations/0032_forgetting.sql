ALTER TABLE "sms_send" ADD COLUMN "ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "used_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "file_used" ON "file" USING btree ("used_at") WHERE "file"."app_id" is null and "file"."kept_at" is not null;
--> statement-breakpoint
-- By hand: what was there before was sent, and was in use.
UPDATE "sms_send" SET "ended_at" = "created_at";--> statement-breakpoint
UPDATE "file" SET "used_at" = now() WHERE "kept_at" IS NOT NULL;--> statement-breakpoint
-- What was done stays on record for 180 days whoever asks; what is older goes only by `KAIMEN_AUDIT_DAYS` (`audit.store.ts`), not by a slip.
DROP TRIGGER audit_append_only ON audit;--> statement-breakpoint
CREATE TRIGGER audit_append_only BEFORE UPDATE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was done stays on record');
--> statement-breakpoint
CREATE TRIGGER audit_kept BEFORE DELETE ON audit FOR EACH ROW
  WHEN (old.time > now() - interval '180 days' OR current_setting('kaimen.forgets_audit', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION refuse_change('what was done stays on record');
