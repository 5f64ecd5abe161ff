CREATE SEQUENCE "public"."change_revision" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "app" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "app_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"app_id" text NOT NULL,
	"name" text NOT NULL,
	"service_type" text,
	"remark" text,
	"logo" text,
	"user_id" integer NOT NULL,
	"enabled" boolean NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"internal" boolean NOT NULL,
	"schemes" text[] NOT NULL,
	"public_keys" jsonb NOT NULL,
	"ip_allow_list" text[] NOT NULL,
	"limit_count" integer,
	"day_quota" integer,
	"month_quota" integer,
	"permanent_token_id" uuid,
	"token_epoch" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"create_user" text,
	"update_user" text,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "app_public_id" UNIQUE("app_id")
);
--> statement-breakpoint
CREATE TABLE "app_project" (
	"app_id" integer NOT NULL,
	"project_id" integer NOT NULL,
	CONSTRAINT "app_project_app_id_project_id_pk" PRIMARY KEY("app_id","project_id")
);
--> statement-breakpoint
CREATE TABLE "app_secret" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "app_secret_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"app_id" integer NOT NULL,
	"sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "change" (
	"kind" text NOT NULL,
	"id" integer NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "change_kind_id_pk" PRIMARY KEY("kind","id")
);
--> statement-breakpoint
CREATE TABLE "grant" (
	"app_id" integer NOT NULL,
	"operation_id" integer NOT NULL,
	"limit_count" integer,
	"day_quota" integer,
	"month_quota" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "grant_app_id_operation_id_pk" PRIMARY KEY("app_id","operation_id")
);
--> statement-breakpoint
CREATE TABLE "instance" (
	"id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"key_check" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operation" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "operation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"method" text NOT NULL,
	"path" text NOT NULL,
	"path_shape" text NOT NULL,
	"direction" text NOT NULL,
	"service_type_id" integer NOT NULL,
	"version" text NOT NULL,
	"published" boolean NOT NULL,
	"disabled" boolean NOT NULL,
	"doc" text,
	"remark" text,
	"limit_count" integer,
	"limit_action" text NOT NULL,
	"tripped_at" timestamp (3) with time zone,
	"opening" integer NOT NULL,
	"service_id" integer,
	"upstream_path" text,
	"security" text NOT NULL,
	"schemes" text[],
	"project_param" text,
	"param_schema" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"create_user" text,
	"update_user" text,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "project" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "project_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"code" text,
	"remark" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"create_user" text,
	"update_user" text,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "role" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "role_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"title" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "role_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "role_permission" (
	"role_id" integer NOT NULL,
	"permission" text NOT NULL,
	CONSTRAINT "role_permission_role_id_permission_pk" PRIMARY KEY("role_id","permission")
);
--> statement-breakpoint
CREATE TABLE "service" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "service_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"targets" jsonb NOT NULL,
	"balance" text NOT NULL,
	"connect_timeout_ms" integer NOT NULL,
	"timeout_ms" integer NOT NULL,
	"retries" smallint NOT NULL,
	"health_check" jsonb,
	"pass_authorization" boolean NOT NULL,
	"remark" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"create_user" text,
	"update_user" text,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "service_type" (
	"id" integer PRIMARY KEY NOT NULL,
	"title_zh" text NOT NULL,
	"title_en" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_key" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "signing_key_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kid" text NOT NULL,
	"public_key" text NOT NULL,
	"private_key_sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "signing_key_kid" UNIQUE("kid")
);
--> statement-breakpoint
CREATE TABLE "usage" (
	"step" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"operation_id" integer NOT NULL,
	"app_id" integer NOT NULL,
	"calls" bigint NOT NULL,
	"refused" bigint NOT NULL,
	"failed" bigint NOT NULL,
	CONSTRAINT "usage_step_starts_at_operation_id_app_id_pk" PRIMARY KEY("step","starts_at","operation_id","app_id")
);
--> statement-breakpoint
CREATE TABLE "usage_source" (
	"source" uuid PRIMARY KEY NOT NULL,
	"node" text NOT NULL,
	"last_number" bigint NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "user_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"username" text NOT NULL,
	"password_hash" text NOT NULL,
	"phone_number" text,
	"nickname" text,
	"email" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "user_role" (
	"user_id" integer NOT NULL,
	"role_id" integer NOT NULL,
	CONSTRAINT "user_role_user_id_role_id_pk" PRIMARY KEY("user_id","role_id")
);
--> statement-breakpoint
ALTER TABLE "app" ADD CONSTRAINT "app_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_project" ADD CONSTRAINT "app_project_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_project" ADD CONSTRAINT "app_project_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "app_secret" ADD CONSTRAINT "app_secret_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant" ADD CONSTRAINT "grant_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant" ADD CONSTRAINT "grant_operation_id_operation_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operation"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation" ADD CONSTRAINT "operation_service_type_id_service_type_id_fk" FOREIGN KEY ("service_type_id") REFERENCES "public"."service_type"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation" ADD CONSTRAINT "operation_service_id_service_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."service"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_permission" ADD CONSTRAINT "role_permission_role_id_role_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."role"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_role_id_role_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."role"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "app_user" ON "app" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "app_project_project" ON "app_project" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "app_secret_app" ON "app_secret" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "change_revision_order" ON "change" USING btree ("revision");--> statement-breakpoint
CREATE INDEX "grant_operation" ON "grant" USING btree ("operation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "operation_version" ON "operation" USING btree ("method","path","version") WHERE "operation"."deleted_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "operation_published" ON "operation" USING btree ("method","path_shape") WHERE "operation"."deleted_at" is null and "operation"."published";--> statement-breakpoint
CREATE INDEX "operation_service" ON "operation" USING btree ("service_id");--> statement-breakpoint
CREATE UNIQUE INDEX "project_code" ON "project" USING btree ("code") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "service_name" ON "service" USING btree ("name") WHERE "service"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_expires" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "user_username" ON "user" USING btree (lower("username")) WHERE "user"."deleted_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "user_phone_number" ON "user" USING btree ("phone_number") WHERE "user"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "user_role_role" ON "user_role" USING btree ("role_id");