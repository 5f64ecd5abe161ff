ALTER TABLE "callback" ADD COLUMN "failed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "callback" ADD COLUMN "failed_status" smallint;--> statement-breakpoint
ALTER TABLE "callback" ADD COLUMN "failed_error" text;