CREATE INDEX "app_deleted" ON "app" USING btree ("id") WHERE "app"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("action","time","id");--> statement-breakpoint
CREATE INDEX "user_deleted" ON "user" USING btree ("id") WHERE "user"."deleted_at" is not null;
--> statement-breakpoint
-- By hand: what finds a contained text, also of two Chinese characters, for which trigrams are of no use. The pieces of a text are its
-- characters and its pairs of characters, in lower case: whoever contains a text has all of its pieces (`db/page.ts`).
CREATE FUNCTION pieces(given text, lengths integer[] DEFAULT '{1,2}') RETURNS text[] LANGUAGE sql IMMUTABLE STRICT COST 1000
  RETURN ARRAY(SELECT CASE length WHEN 1 THEN character ELSE character || next END
    FROM (SELECT character, lead(character) OVER (ORDER BY place) AS next
          FROM unnest(string_to_array(lower(given), NULL)) WITH ORDINALITY AS characters (character, place)) AS pairs, unnest(lengths) AS length
    WHERE length = 1 OR next IS NOT NULL);
--> statement-breakpoint
-- What was written last waits in a list, which is cheaper for writes and has to be read through by searches: 256 KB of it and no more.
-- Without figures of what is frequent (STATISTICS 0) every text counts as rare and is looked for in the index: to take all rows into their
-- pieces instead would cost a hundred times as much.
CREATE INDEX user_username_pieces ON "user" USING gin (pieces(username)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
CREATE INDEX user_nickname_pieces ON "user" USING gin (pieces(nickname)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
CREATE INDEX app_name_pieces ON app USING gin (pieces(name)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
CREATE INDEX operation_name_pieces ON operation USING gin (pieces(name)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
CREATE INDEX operation_path_pieces ON operation USING gin (pieces(path)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
CREATE INDEX project_name_pieces ON project USING gin (pieces(name)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
CREATE INDEX project_code_pieces ON project USING gin (pieces(code)) WITH (gin_pending_list_limit = 256);--> statement-breakpoint
ALTER INDEX user_username_pieces ALTER COLUMN 1 SET STATISTICS 0;--> statement-breakpoint
ALTER INDEX user_nickname_pieces ALTER COLUMN 1 SET STATISTICS 0;--> statement-breakpoint
ALTER INDEX app_name_pieces ALTER COLUMN 1 SET STATISTICS 0;--> statement-breakpoint
ALTER INDEX operation_name_pieces ALTER COLUMN 1 SET STATISTICS 0;--> statement-breakpoint
ALTER INDEX operation_path_pieces ALTER COLUMN 1 SET STATISTICS 0;--> statement-breakpoint
ALTER INDEX project_name_pieces ALTER COLUMN 1 SET STATISTICS 0;--> statement-breakpoint
ALTER INDEX project_code_pieces ALTER COLUMN 1 SET STATISTICS 0;
--> statement-breakpoint
-- What all operations, all apps, and all of both have together (-1) is kept from now on; here that of before.
INSERT INTO usage (step, starts_at, operation_id, app_id, calls, refused, failed, latency_ms)
  SELECT step, starts_at, COALESCE(operation_id, -1), COALESCE(app_id, -1), sum(calls), sum(refused), sum(failed), sum(latency_ms)
  FROM usage WHERE step <> 'minute' GROUP BY GROUPING SETS ((step, starts_at), (step, starts_at, operation_id), (step, starts_at, app_id));
