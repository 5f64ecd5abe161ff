CREATE TABLE "member_grant" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"app_id" integer NOT NULL,
	"rotation" integer NOT NULL,
	"rotated_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"profile" jsonb
);
--> statement-breakpoint
ALTER TABLE "member_grant" ADD CONSTRAINT "member_grant_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "member_grant_user" ON "member_grant" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "member_grant_expires" ON "member_grant" USING btree ("expires_at");