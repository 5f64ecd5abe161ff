ALTER TABLE "oauth_artifact" DROP CONSTRAINT "oauth_artifact_session_id_session_id_fk";
--> statement-breakpoint
ALTER TABLE "oauth_artifact" ADD CONSTRAINT "oauth_artifact_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE set null ON UPDATE no action;