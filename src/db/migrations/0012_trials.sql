CREATE TABLE "trial" (
	"app_id" integer NOT NULL,
	"operation_id" integer NOT NULL,
	"scheme" text,
	"tried_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "trial_app_id_operation_id_pk" PRIMARY KEY("app_id","operation_id")
);
--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trial" ADD CONSTRAINT "trial_operation_id_operation_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "trial_operation" ON "trial" USING btree ("operation_id");
--> statement-breakpoint
-- By hand: each trial is kept.
SELECT keep_audit_of('trial', 'app_id', 'operation_id');
