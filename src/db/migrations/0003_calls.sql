CREATE TABLE "call" (
	"time" timestamp (3) with time zone NOT NULL,
	"request_id" uuid NOT NULL,
	"ip" text NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"operation_id" integer NOT NULL,
	"app_id" integer NOT NULL,
	"status" smallint NOT NULL,
	"latency_ms" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"error" text,
	"stage" text,
	"detail" jsonb,
	"revision" bigint NOT NULL,
	CONSTRAINT "call_time_request_id_pk" PRIMARY KEY("time","request_id")
) PARTITION BY RANGE ("time");
--> statement-breakpoint
CREATE TABLE "evidence" (
	"request_id" uuid PRIMARY KEY NOT NULL,
	"time" timestamp (3) with time zone NOT NULL,
	"ring" text NOT NULL,
	"sealed" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "operation" ADD COLUMN "concurrency" integer;--> statement-breakpoint
ALTER TABLE "usage" ADD COLUMN "latency_ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "call_request" ON "call" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "call_app" ON "call" USING btree ("app_id","time");--> statement-breakpoint
CREATE INDEX "call_operation" ON "call" USING btree ("operation_id","time");--> statement-breakpoint
CREATE INDEX "call_ip" ON "call" USING btree ("ip","time");--> statement-breakpoint
CREATE INDEX "call_status" ON "call" USING btree ("status","time");--> statement-breakpoint
CREATE INDEX "call_error" ON "call" USING btree ("error","time") WHERE "call"."error" is not null;--> statement-breakpoint
CREATE INDEX "evidence_ring" ON "evidence" USING btree ("ring","time");--> statement-breakpoint
CREATE INDEX "evidence_time" ON "evidence" USING btree ("time");