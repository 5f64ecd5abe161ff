CREATE TABLE "attempt" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"resets_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"time" timestamp (3) with time zone NOT NULL,
	"user_id" integer,
	"username" text,
	"ip" text,
	"request_id" uuid,
	"route" text,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"action" text NOT NULL,
	"before" jsonb,
	"after" jsonb
);
--> statement-breakpoint
CREATE TABLE "captcha" (
	"id" uuid PRIMARY KEY NOT NULL,
	"answer_hash" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "file" (
	"key" text PRIMARY KEY NOT NULL,
	"content_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"user_id" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grant_request" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "grant_request_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"app_id" integer NOT NULL,
	"user_id" integer NOT NULL,
	"reason" text,
	"status" text NOT NULL,
	"answer" text,
	"decided_at" timestamp (3) with time zone,
	"decided_by" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grant_request_item" (
	"request_id" integer NOT NULL,
	"operation_id" integer NOT NULL,
	CONSTRAINT "grant_request_item_request_id_operation_id_pk" PRIMARY KEY("request_id","operation_id")
);
--> statement-breakpoint
CREATE TABLE "known_address" (
	"user_id" integer NOT NULL,
	"address" text NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "known_address_user_id_address_pk" PRIMARY KEY("user_id","address")
);
--> statement-breakpoint
CREATE TABLE "project_source" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "project_source_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"url" text NOT NULL,
	"credential_sealed" text,
	"interval_seconds" integer NOT NULL,
	"enabled" boolean NOT NULL,
	"pulled_at" timestamp (3) with time zone,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"create_user" text,
	"update_user" text
);
--> statement-breakpoint
CREATE TABLE "sms_code" (
	"phone_number" text NOT NULL,
	"scene" text NOT NULL,
	"code_hash" text NOT NULL,
	"guesses" smallint NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sms_code_phone_number_scene_pk" PRIMARY KEY("phone_number","scene")
);
--> statement-breakpoint
CREATE TABLE "transport_key" (
	"key_id" text PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"private_key_sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "app" ADD COLUMN "callback_address" text;--> statement-breakpoint
ALTER TABLE "app" ADD COLUMN "expiry_warned_days" smallint;--> statement-breakpoint
ALTER TABLE "app_secret" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "code" text;--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "visibility" text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "approval" text DEFAULT 'manual' NOT NULL;--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "deprecated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "sunset_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "source_id" integer;--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "source_key" text;--> statement-breakpoint
ALTER TABLE "file" ADD CONSTRAINT "file_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_request" ADD CONSTRAINT "grant_request_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_request" ADD CONSTRAINT "grant_request_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_request_item" ADD CONSTRAINT "grant_request_item_request_id_grant_request_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."grant_request"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_request_item" ADD CONSTRAINT "grant_request_item_operation_id_operation_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "known_address" ADD CONSTRAINT "known_address_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempt_resets" ON "attempt" USING btree ("resets_at");--> statement-breakpoint
CREATE INDEX "audit_time" ON "audit" USING btree ("time");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit" USING btree ("kind","subject","id");--> statement-breakpoint
CREATE INDEX "audit_user" ON "audit" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "captcha_expires" ON "captcha" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "grant_request_app" ON "grant_request" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "grant_request_status" ON "grant_request" USING btree ("status","id");--> statement-breakpoint
ALTER TABLE "project" ADD CONSTRAINT "project_source_id_project_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."project_source"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "operation_code" ON "operation" USING btree ("code");--> statement-breakpoint
CREATE UNIQUE INDEX "project_source_key" ON "project" USING btree ("source_id","source_key");