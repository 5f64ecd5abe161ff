CREATE TABLE "app_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "app_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"time" timestamp (3) with time zone NOT NULL,
	"app_id" integer NOT NULL,
	"user_id" integer NOT NULL,
	"type" text NOT NULL,
	"title" text NOT NULL,
	"data" text NOT NULL,
	"sql" text
);
--> statement-breakpoint
CREATE TABLE "user_detail" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "user_detail_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"title" text NOT NULL,
	"type" text NOT NULL,
	"required" boolean NOT NULL,
	"order" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_detail_name" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "app" ADD COLUMN "granted_scopes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "app_id" integer;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "name" text;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "kept_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "app_log" ADD CONSTRAINT "app_log_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_log" ADD CONSTRAINT "app_log_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "app_log_time" ON "app_log" USING btree ("time");--> statement-breakpoint
CREATE INDEX "app_log_app" ON "app_log" USING btree ("app_id","id");--> statement-breakpoint
CREATE INDEX "app_log_user" ON "app_log" USING btree ("user_id","id");--> statement-breakpoint
ALTER TABLE "file" ADD CONSTRAINT "file_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "file_app" ON "file" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "file_user" ON "file" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "file_unkept" ON "file" USING btree ("created_at") WHERE "file"."kept_at" is null;
--> statement-breakpoint
-- By hand: pictures of before are there; databases of before have the fields of source 003, as new ones get them by KAIMEN_USER_DETAILS.
UPDATE file SET kept_at = created_at;
--> statement-breakpoint
INSERT INTO user_detail (name, title, type, required, "order", created_at, updated_at)
  SELECT name, title, 'text', false, at, now(), now()
  FROM (VALUES ('position', '职位', 1), ('address', '地址', 2), ('department', '部门', 3), ('school', '学校', 4), ('sex', '性别', 5)) AS field (name, title, at)
  WHERE EXISTS (SELECT FROM instance);
--> statement-breakpoint
SELECT keep_audit_of('user_detail', 'id');
