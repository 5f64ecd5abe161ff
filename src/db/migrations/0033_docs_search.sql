ALTER TABLE "operation" ALTER COLUMN "param_schema" SET DATA TYPE json;
--> statement-breakpoint
-- By hand: what finds a text anywhere in an interface and its document. Documents are long, so `pieces` is written anew: it answers what it
-- answered, in a fifth of the time.
CREATE OR REPLACE FUNCTION pieces(given text, lengths integer[] DEFAULT '{1,2}') RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT COST 1000 AS $$
DECLARE
  characters text[] := string_to_array(lower(given), NULL);
  pairs text[] := CASE WHEN 2 = ANY (lengths) THEN
    ARRAY(SELECT character || next FROM unnest(characters, characters[2:]) AS pair (character, next) WHERE next IS NOT NULL) END;
BEGIN
  RETURN CASE WHEN 1 = ANY (lengths) THEN characters || pairs ELSE pairs END;
END $$;
--> statement-breakpoint
-- All that an interface says of itself, a line for each thing: of its parameters the names at any depth, and what people wrote about them.
CREATE FUNCTION operation_words(name text, path text, version text, remark text, doc text, param_schema json) RETURNS text
  LANGUAGE sql IMMUTABLE COST 100
  RETURN name || E'\n' || path || E'\n' || replace(path, '{version}', version) || E'\n' || coalesce(remark, '') || E'\n' || coalesce(doc, '') || E'\n'
    || coalesce((
      SELECT string_agg(words.word #>> '{}', E'\n') FROM (SELECT param_schema::jsonb AS root) AS schema, LATERAL (
        SELECT jsonb_path_query(root, 'strict $.**.properties ? (@.type() == "object").keyvalue().key') AS word
        UNION ALL SELECT jsonb_path_query(root, 'strict $.**.title ? (@.type() == "string")')
        UNION ALL SELECT jsonb_path_query(root, 'strict $.**.description ? (@.type() == "string")')
      ) AS words), '');
--> statement-breakpoint
-- Here what was written last may wait in a longer list: an import writes thousands of documents.
CREATE INDEX operation_words_pieces ON operation USING gin (pieces(operation_words(name, path, version, remark, doc, param_schema)));--> statement-breakpoint
ALTER INDEX operation_words_pieces ALTER COLUMN 1 SET STATISTICS 0;
