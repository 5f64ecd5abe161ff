CREATE TABLE "consent" (
	"user_id" integer NOT NULL,
	"app_id" integer NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "consent_user_id_app_id_pk" PRIMARY KEY("user_id","app_id")
);
--> statement-breakpoint
CREATE TABLE "id_token_key" (
	"kid" text PRIMARY KEY NOT NULL,
	"private_key_sealed" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "oauth_artifact" (
	"kind" text NOT NULL,
	"digest" text NOT NULL,
	"payload" jsonb NOT NULL,
	"grant_id" text,
	"uid" text,
	"user_id" integer,
	"session_id" uuid,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"consumed_at" timestamp (3) with time zone,
	CONSTRAINT "oauth_artifact_kind_digest_pk" PRIMARY KEY("kind","digest")
);
--> statement-breakpoint
ALTER TABLE "app" ADD COLUMN "redirect_uris" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "app" ADD COLUMN "client_type" text DEFAULT 'confidential' NOT NULL;--> statement-breakpoint
ALTER TABLE "consent" ADD CONSTRAINT "consent_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent" ADD CONSTRAINT "consent_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_artifact" ADD CONSTRAINT "oauth_artifact_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consent_app" ON "consent" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "oauth_artifact_grant" ON "oauth_artifact" USING btree ("grant_id") WHERE "oauth_artifact"."grant_id" is not null;--> statement-breakpoint
CREATE INDEX "oauth_artifact_uid" ON "oauth_artifact" USING btree ("uid") WHERE "oauth_artifact"."uid" is not null;--> statement-breakpoint
CREATE INDEX "oauth_artifact_user" ON "oauth_artifact" USING btree ("user_id") WHERE "oauth_artifact"."kind" = 'Grant';--> statement-breakpoint
CREATE INDEX "oauth_artifact_session" ON "oauth_artifact" USING btree ("session_id") WHERE "oauth_artifact"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "oauth_artifact_expires" ON "oauth_artifact" USING btree ("expires_at");
--> statement-breakpoint
-- By hand: what people allow is on record.
SELECT keep_audit_of('consent', 'user_id', 'app_id'), keep_audit_of('id_token_key', 'kid');
