CREATE TABLE "callback" (
	"app_id" integer PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"blocked_until" timestamp (3) with time zone,
	"trips" smallint DEFAULT 0 NOT NULL,
	"paced_until" timestamp (6) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"disabled_why" text
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delivery_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" bigint NOT NULL,
	"app_id" integer NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp (3) with time zone,
	"lease" uuid,
	"attempts" integer NOT NULL,
	"tries" smallint NOT NULL,
	"error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "delivery_attempt" (
	"delivery_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"status" smallint,
	"latency_ms" integer NOT NULL,
	"error" text,
	"response" text,
	CONSTRAINT "delivery_attempt_delivery_id_number_pk" PRIMARY KEY("delivery_id","number")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"operation_id" integer,
	"path" text NOT NULL,
	"data" text NOT NULL,
	"sender_app_id" integer NOT NULL,
	"create_user" text,
	"idempotency_key" text,
	"content_hash" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app" ADD COLUMN "callback_limit" integer;--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "owner_app_id" integer;--> statement-breakpoint
ALTER TABLE "callback" ADD CONSTRAINT "callback_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_due" ON "delivery" USING btree ("app_id","due_at") WHERE "delivery"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "delivery_event" ON "delivery" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "delivery_app" ON "delivery" USING btree ("app_id","event_id");--> statement-breakpoint
CREATE INDEX "event_created" ON "event" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "event_operation" ON "event" USING btree ("operation_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "event_idempotency" ON "event" USING btree ("sender_app_id","idempotency_key") WHERE "event"."idempotency_key" is not null;--> statement-breakpoint
ALTER TABLE "operation" ADD CONSTRAINT "operation_owner_app_id_app_id_fk" FOREIGN KEY ("owner_app_id") REFERENCES "public"."app"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- By hand: Drizzle knows no storage parameters. A delivery is written twice at least, and its old rows must not lie in the way of the next due one.
ALTER TABLE "delivery" SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);--> statement-breakpoint
ALTER TABLE "callback" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
