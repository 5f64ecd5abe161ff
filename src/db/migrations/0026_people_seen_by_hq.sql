CREATE TABLE "sms_send" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sms_send_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"phone_number" text NOT NULL,
	"scene" text NOT NULL,
	"app_id" integer,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sms_send" ADD CONSTRAINT "sms_send_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sms_send_created" ON "sms_send" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "sms_send_phone" ON "sms_send" USING btree ("phone_number","id");
--> statement-breakpoint
-- By hand: that somebody ended a session is audited; that one was begun, was used or ran out is not, nor what the sweep takes away.
CREATE TRIGGER audit_delete AFTER DELETE ON session REFERENCING OLD TABLE AS rows_before
  FOR EACH STATEMENT WHEN (current_setting('kaimen.actor', true) <> '') EXECUTE FUNCTION note_audit('id');
