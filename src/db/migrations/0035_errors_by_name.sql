CREATE TABLE "usage_error" (
	"step" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"app_id" integer NOT NULL,
	"error" text NOT NULL,
	"calls" bigint NOT NULL,
	CONSTRAINT "usage_error_step_starts_at_app_id_error_pk" PRIMARY KEY("step","starts_at","app_id","error")
);
--> statement-breakpoint
CREATE INDEX "usage_error_app" ON "usage_error" USING btree ("app_id","step","starts_at");