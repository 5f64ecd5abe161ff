CREATE TABLE "call_left_out" (
	"minute" timestamp (3) with time zone NOT NULL,
	"node" text NOT NULL,
	"calls" bigint NOT NULL,
	CONSTRAINT "call_left_out_minute_node_pk" PRIMARY KEY("minute","node")
);
--> statement-breakpoint
ALTER TABLE "app_secret" ADD COLUMN "ended_at" timestamp (3) with time zone;