CREATE TABLE "open_id" (
	"user_id" text NOT NULL,
	"app_id" integer NOT NULL,
	"open_id" text NOT NULL,
	CONSTRAINT "open_id_user_id_app_id_pk" PRIMARY KEY("user_id","app_id")
);
--> statement-breakpoint
CREATE TABLE "revocation" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "revocation_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"subject" text NOT NULL,
	"value" text NOT NULL,
	"revoked_at" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "union_id" (
	"user_id" text NOT NULL,
	"owner_id" integer NOT NULL,
	"union_id" text NOT NULL,
	CONSTRAINT "union_id_user_id_owner_id_pk" PRIMARY KEY("user_id","owner_id")
);
--> statement-breakpoint
ALTER TABLE "open_id" ADD CONSTRAINT "open_id_app_id_app_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."app"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "union_id" ADD CONSTRAINT "union_id_owner_id_user_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "open_id_text" ON "open_id" USING btree ("open_id");--> statement-breakpoint
CREATE UNIQUE INDEX "revocation_subject" ON "revocation" USING btree ("subject","value");--> statement-breakpoint
CREATE INDEX "revocation_until" ON "revocation" USING btree ("until");--> statement-breakpoint
CREATE UNIQUE INDEX "union_id_text" ON "union_id" USING btree ("union_id");
--> statement-breakpoint
-- By hand: revocations are announced on the feed. Not their deletion: it comes when nobody needs to know of them any more.
CREATE CONSTRAINT TRIGGER revocation_changed AFTER INSERT OR UPDATE ON revocation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_change('revocation', 'id');
