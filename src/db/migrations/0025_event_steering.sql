CREATE TABLE "event_choice" (
	"app_id" integer PRIMARY KEY NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"resumed_at" timestamp (3) with time zone,
	"subscribed" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
DROP INDEX "event_created";--> statement-breakpoint
ALTER TABLE "callback" ADD COLUMN "listener" uuid;--> statement-breakpoint
ALTER TABLE "callback" ADD COLUMN "listened_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "delivery" ADD COLUMN "of_platform" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "delivery_attempt" ADD COLUMN "url" text;--> statement-breakpoint
ALTER TABLE "event_choice" ADD CONSTRAINT "event_choice_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_platform" ON "delivery" USING btree ("app_id","due_at") WHERE "delivery"."due_at" is not null and "delivery"."of_platform";--> statement-breakpoint
CREATE INDEX "delivery_parked" ON "delivery" USING btree ("app_id","event_id") WHERE "delivery"."state" = 'parked';--> statement-breakpoint
CREATE INDEX "event_created" ON "event" USING btree ("created_at","id");
--> statement-breakpoint
-- By hand: what people decide is audited.
SELECT keep_audit_of('event_choice', 'app_id');
